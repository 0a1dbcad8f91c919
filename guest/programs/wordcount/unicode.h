// What a character is: part of a word or not, and its small letter.
#ifndef UNICODE_H
#define UNICODE_H

#include "tables.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t first, last;
} range;

typedef struct {
    uint32_t first, last;
    uint32_t stride; // 1: every code point of the range, 2: every second one
    int32_t delta;
} folding;

extern const range word_ranges[WORD_RANGES];
extern const folding foldings[FOLDINGS];

#define NOT_A_CHARACTER 0xFFFFFFFFu

// Reads one character of UTF-8 at `at` < `end` and moves `at` past it. Bytes that are not UTF-8 (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF) are NOT_A_CHARACTER; a byte that could begin a character is never skipped.
uint32_t read_character(const uint8_t **at, const uint8_t *end);

// Writes a character as UTF-8 and returns where the next one goes.
uint8_t *write_character(uint8_t *to, uint32_t character);

// Letters, marks and numbers of any script.
bool is_word_character(uint32_t character);

// The small letter of a capital, other characters as they are.
uint32_t fold(uint32_t character);

#endif
