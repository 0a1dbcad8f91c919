// Counts the words of a text. Input: UTF-8, up to 16 MiB; bytes that are not UTF-8 separate words like a space.
//
// A word is the longest possible run of letters, marks and numbers of any script (Unicode general categories
// L, M, N). An apostrophe (U+0027 or U+2019) between two of them belongs to the word and is written '. Capitals count
// as their small letters. Nothing else is made equal: é as one character and e with a combining accent are two
// different words. A line is a line feed.
//
// Output, as text: totals, an empty line, then each distinct word with how often it occurs, in the order of its bytes:
//
//     words 5
//     lines 1
//     bytes 29
//     distinct 4
//
//     1 l'été
//     2 sonm
//     …
//
// The counts of the pieces of a text add up to the counts of the text, if it is cut after ASCII bytes that are not
// letters, digits or apostrophes.
#include "sonm.h"
#include "lexicon.h"
#include "unicode.h"

#define APOSTROPHE '\''
#define RIGHT_QUOTE 0x2019
#define MOST_DIGITS 20

static void print(const char *text) { sonm_output(text, strlen(text)); }

static void print_number(uint64_t value) {
    char digits[MOST_DIGITS];
    int at = MOST_DIGITS;
    do digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    sonm_output(digits + at, (size_t)(MOST_DIGITS - at));
}

static void print_total(const char *name, uint64_t value) {
    print(name);
    print(" ");
    print_number(value);
    print("\n");
}

static bool joins(uint32_t c) { return c == APOSTROPHE || c == RIGHT_QUOTE; }

static bool word_follows(const uint8_t *at, const uint8_t *end) {
    return at < end && is_word_character(read_character(&at, end));
}

int main(void) {
    sonm_bytes input = sonm_input();
    const uint8_t *at = input.data, *end = input.data + input.size;
    lexicon known = lexicon_for(input.size);
    // A small letter may take a byte more than its capital (Ⱥ 2, ⱥ 3), never twice as many.
    uint8_t *text = sonm_alloc(2 * input.size);
    uint8_t *tip = text;
    uint64_t words = 0, lines = 0;

    while (at < end) {
        uint32_t c = read_character(&at, end);
        bool inside = tip != text;
        if (is_word_character(c)) {
            tip = write_character(tip, fold(c));
        } else if (inside && joins(c) && word_follows(at, end)) {
            *tip++ = APOSTROPHE;
        } else {
            if (c == '\n') lines++;
            if (!inside) continue;
            words++;
            // The text of a new word stays; that of a known one is overwritten by the next.
            if (lexicon_add(&known, text, (size_t)(tip - text))) text = tip;
            tip = text;
        }
    }
    if (tip != text) {
        words++;
        lexicon_add(&known, text, (size_t)(tip - text));
    }

    print_total("words", words);
    print_total("lines", lines);
    print_total("bytes", input.size);
    print_total("distinct", known.distinct);
    print("\n");
    const word **sorted = lexicon_sorted(&known);
    for (size_t i = 0; i < known.distinct; i++) {
        print_number(sorted[i]->count);
        print(" ");
        sonm_output(sorted[i]->text, sorted[i]->size);
        print("\n");
    }
    return 0;
}
