#include "unicode.h"

static bool is_continuation(const uint8_t *at, const uint8_t *end) { return at < end && (*at & 0xC0) == 0x80; }

uint32_t read_character(const uint8_t **at, const uint8_t *end) {
    const uint8_t *p = *at;
    uint8_t lead = *p++;
    *at = p;
    if (lead < 0x80) return lead;
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4) return NOT_A_CHARACTER;
    uint32_t character = lead & (0x3F >> more);
    for (int i = 0; i < more; i++) {
        if (!is_continuation(p, end)) return NOT_A_CHARACTER; // this byte may begin a character: it is read next
        character = character << 6 | (*p & 0x3F);
        *at = ++p;
    }
    bool overlong = (more == 2 && character < 0x800) || (more == 3 && character < 0x10000);
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    return overlong || surrogate || character > 0x10FFFF ? NOT_A_CHARACTER : character;
}

uint8_t *write_character(uint8_t *to, uint32_t c) {
    if (c < 0x80) {
        *to++ = (uint8_t)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (uint8_t)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (uint8_t)(0xE0 | c >> 12);
        } else {
            *to++ = (uint8_t)(0xF0 | c >> 18);
            *to++ = (uint8_t)(0x80 | (c >> 12 & 0x3F));
        }
        *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    }
    *to++ = (uint8_t)(0x80 | (c & 0x3F));
    return to;
}

bool is_word_character(uint32_t c) {
    if (c < 0x80) return (c | 0x20) - 'a' < 26 || c - '0' < 10;
    if (c == NOT_A_CHARACTER) return false;
    size_t low = 0, high = WORD_RANGES; // the range, if any, is in low … high - 1
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > word_ranges[middle].last) low = middle + 1;
        else high = middle;
    }
    return low < WORD_RANGES && c >= word_ranges[low].first;
}

uint32_t fold(uint32_t c) {
    if (c < 0x80) return c - 'A' < 26 ? c + 32 : c;
    size_t low = 0, high = FOLDINGS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > foldings[middle].last) low = middle + 1;
        else high = middle;
    }
    if (low == FOLDINGS || c < foldings[low].first) return c;
    const folding *f = &foldings[low];
    return f->stride == 2 && (c - f->first) % 2 ? c : c + (uint32_t)f->delta;
}
