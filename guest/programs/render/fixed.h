// Numbers of the ray tracer: signed 64-bit integers in units of 2^-20 (Q20). The product of two is Q40.
// Scenes lie within ±32 and rays end at 96, so that no sum of three products can leave 63 bits.
#ifndef FIXED_H
#define FIXED_H

#include <stdint.h>

typedef int64_t fixed;

#define SHIFT 20
#define ONE ((fixed)1 << SHIFT)
#define RATIO(a, b) ((fixed)(a) * ONE / (b))

static inline fixed multiply(fixed a, fixed b) { return (a * b) >> SHIFT; }
static inline fixed divide(fixed a, fixed b) { return (a << SHIFT) / b; }
static inline fixed least(fixed a, fixed b) { return a < b ? a : b; }
static inline fixed most(fixed a, fixed b) { return a > b ? a : b; }
static inline fixed clamp(fixed a) { return a < 0 ? 0 : a > ONE ? ONE : a; }
// From a (at t = 0) to b (at t = ONE).
static inline fixed mix(fixed a, fixed b, fixed t) { return a + multiply(b - a, t); }
// Hermite's 3t² − 2t³ of 0 … ONE.
static inline fixed smooth(fixed t) { return multiply(multiply(t, t), 3 * ONE - 2 * t); }

// ⌊√n⌋ by Newton's method from a power of two above the root. The root of a Q40 is a Q20.
static inline int64_t square_root(uint64_t n) {
    if (n == 0) return 0;
    unsigned bits = 0;
    uint64_t rest = n;
    if (rest >> 32) bits += 16, rest >>= 32;
    if (rest >> 16) bits += 8, rest >>= 16;
    if (rest >> 8) bits += 4, rest >>= 8;
    if (rest >> 4) bits += 2, rest >>= 4;
    if (rest >> 2) bits += 1;
    uint64_t root = 2ul << bits;
    for (;;) {
        uint64_t next = (root + n / root) >> 1;
        if (next >= root) return (int64_t)root;
        root = next;
    }
}

typedef struct {
    fixed x, y, z;
} vector;

static inline vector add(vector a, vector b) { return (vector){a.x + b.x, a.y + b.y, a.z + b.z}; }
static inline vector subtract(vector a, vector b) { return (vector){a.x - b.x, a.y - b.y, a.z - b.z}; }
static inline vector scale(vector a, fixed k) { return (vector){multiply(a.x, k), multiply(a.y, k), multiply(a.z, k)}; }
static inline int64_t dot_q40(vector a, vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline fixed dot(vector a, vector b) { return dot_q40(a, b) >> SHIFT; }
static inline fixed length(vector a) { return square_root((uint64_t)dot_q40(a, a)); }
static inline vector cross(vector a, vector b) {
    return (vector){(a.y * b.z - a.z * b.y) >> SHIFT, (a.z * b.x - a.x * b.z) >> SHIFT, (a.x * b.y - a.y * b.x) >> SHIFT};
}
// The zero vector stays as it is.
static inline vector normalise(vector a) {
    fixed size = length(a);
    if (size == 0) return a;
    return (vector){divide(a.x, size), divide(a.y, size), divide(a.z, size)};
}

// For vectors of almost length ONE: one step of Newton's method for 1/√(a·a), starting from 1.
static inline vector renormalise(vector a) { return scale(a, (3 * ONE - dot(a, a)) / 2); }

// Linear light, 0 … ONE and above, red, green and blue.
typedef struct {
    fixed r, g, b;
} colour;

static inline colour blend(colour a, colour b, fixed t) { return (colour){mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t)}; }
static inline colour dim(colour a, fixed k) { return (colour){multiply(a.r, k), multiply(a.g, k), multiply(a.b, k)}; }
static inline colour filter(colour a, colour b) { return (colour){multiply(a.r, b.r), multiply(a.g, b.g), multiply(a.b, b.b)}; }
static inline colour sum(colour a, colour b) { return (colour){a.r + b.r, a.g + b.g, a.b + b.b}; }

#endif
