#include "lexicon.h"
#include "sonm.h"

lexicon lexicon_for(size_t size) {
    size_t slots = 16;
    while (slots < size) slots *= 2; // twice as many as there can be words: chains stay short
    return (lexicon){sonm_alloc((size / 2 + 1) * sizeof(word)), 0, sonm_alloc(slots * sizeof(uint32_t)), slots};
}

// FNV-1a, 64 bits, its upper half folded in.
static uint64_t hash(const uint8_t *text, size_t size) {
    uint64_t value = 0xcbf29ce484222325ul;
    for (size_t i = 0; i < size; i++) value = (value ^ text[i]) * 0x100000001b3ul;
    return value ^ value >> 32;
}

static uint64_t prefix_of(const uint8_t *text, size_t size) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < size ? text[i] : 0);
    return prefix;
}

_Bool lexicon_add(lexicon *l, const uint8_t *text, size_t size) {
    size_t slot = hash(text, size) & (l->slot_count - 1);
    for (; l->slots[slot]; slot = (slot + 1) & (l->slot_count - 1)) {
        word *known = &l->words[l->slots[slot] - 1];
        if (known->size != size || memcmp(known->text, text, size) != 0) continue;
        known->count++;
        return 0;
    }
    l->words[l->distinct++] = (word){prefix_of(text, size), text, (uint32_t)size, 1};
    l->slots[slot] = (uint32_t)l->distinct;
    return 1;
}

static _Bool comes_after(const word *a, const word *b) {
    if (a->prefix != b->prefix) return a->prefix > b->prefix;
    uint32_t common = a->size < b->size ? a->size : b->size;
    int order = memcmp(a->text, b->text, common);
    return order ? order > 0 : a->size > b->size;
}

// Merges the sorted runs from[start …) and from[middle … end) into `to`.
static void merge(const word **from, const word **to, size_t start, size_t middle, size_t end) {
    size_t left = start, right = middle;
    for (size_t i = start; i < end; i++) {
        _Bool take_right = left == middle || (right < end && comes_after(from[left], from[right]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

const word **lexicon_sorted(const lexicon *l) {
    size_t n = l->distinct;
    const word **from = sonm_alloc(n * sizeof *from), **to = sonm_alloc(n * sizeof *to);
    for (size_t i = 0; i < n; i++) from[i] = &l->words[i];
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t start = 0; start < n; start += 2 * run) {
            size_t middle = start + run < n ? start + run : n;
            size_t end = start + 2 * run < n ? start + 2 * run : n;
            merge(from, to, start, middle, end);
        }
        const word **swap = from;
        from = to;
        to = swap;
    }
    return from;
}
