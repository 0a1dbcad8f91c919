// The four functions that the compiler may call by itself, and strlen. Any instruction may have to be proved on chain,
// and each one costs a miner time. So whole 8-byte words are moved wherever both sides are aligned alike.
#include "sonm.h"

#define WORD 8
#define PHASE(p) ((uintptr_t)(p) % WORD)

// May alias any object: without this the compiler may assume that uint64_t never overlaps other types.
typedef uint64_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (PHASE(t) == PHASE(f)) {
        for (; size && PHASE(t); size--) *t++ = *f++;
        for (; size >= WORD; size -= WORD, t += WORD, f += WORD) *(word *)t = *(const word *)f;
    }
    for (; size; size--) *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (t <= f || t >= f + size) {
        // Forwards is safe; not memcpy, whose contract forbids overlap.
        for (; size; size--) *t++ = *f++;
    } else {
        while (size--) t[size] = f[size];
    }
    return to;
}

void *memset(void *to, int value, size_t size) {
    uint8_t *t = to;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ul;
    for (; size && PHASE(t); size--) *t++ = (uint8_t)value;
    for (; size >= WORD; size -= WORD, t += WORD) *(word *)t = pattern;
    for (; size; size--) *t++ = (uint8_t)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t size) {
    const uint8_t *l = left, *r = right;
    for (; size; size--, l++, r++)
        if (*l != *r) return *l - *r;
    return 0;
}

size_t strlen(const char *text) {
    const char *end = text;
    while (*end) end++;
    return (size_t)(end - text);
}
