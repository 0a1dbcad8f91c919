// The distinct words of a text and how often each occurs.
#ifndef LEXICON_H
#define LEXICON_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t prefix; // the first eight bytes, so that comparing is mostly one instruction
    const uint8_t *text;
    uint32_t size; // bytes
    uint32_t count;
} word;

typedef struct {
    word *words;
    size_t distinct;
    uint32_t *slots; // open addressing: number of the word + 1, 0 is free
    size_t slot_count; // a power of two
} lexicon;

// Room for a text of `size` bytes: never more words than (size + 1) / 2.
lexicon lexicon_for(size_t size);

// Counts a word. True if it is new; its text must then stay where it is.
_Bool lexicon_add(lexicon *lexicon, const uint8_t *text, size_t size);

// The words in ascending order of their bytes, which is the order of their code points.
const word **lexicon_sorted(const lexicon *lexicon);

#endif
