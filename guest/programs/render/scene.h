// The input of a unit: a scene, and which tile of its picture to render.
//
// Little-endian. Lengths are signed 32-bit in 1/65,536; colours are three bytes (red, green, blue) as on a screen.
//
//    0   4  "SRT1"
//    4   4  picture: width, height in pixels (2 + 2), 1 … 16,384
//    8   8  tile: x, y, width, height in pixels (2 each), not empty, inside the picture
//   16  12  eye
//   28  12  target that the eye looks at, not straight above or below it
//   40   4  field of view: tangent of half its vertical angle, > 0, at most 4
//   44  12  direction towards the sun, not zero
//   56   4  colour of sunlight, its strength in 1/32 (1)
//   60   4  colour of the sky at the horizon, 0
//   64   4  colour of the sky overhead, 0
//   68   4  height of the floor, below the eye
//   72   4  side of its squares, at least 1/16
//   76   4  colour of one kind of square, gloss of the floor (1): 0 dull … 255 mirror
//   80   4  colour of the other kind, 0
//   84   4  number of spheres, at most 64
//   88  24  each: centre (12), radius (4, at least 1/256), colour (3), gloss (1), metal (1: 0 or 1, a metal tints what it mirrors and shows nothing else), 0 (3)
//
// x points right, y up, z away from an eye that looks along it. Every coordinate lies within ±32. The size of the input is exact.
#ifndef SCENE_H
#define SCENE_H

#include "fixed.h"
#include <stdbool.h>
#include <stddef.h>

#define MOST_SPHERES 64

typedef struct {
    colour colour;
    fixed gloss; // how much is mirrored when seen straight on
    bool metal;
} material;

typedef struct {
    vector centre;
    fixed radius;
    int64_t radius_squared; // Q40
    material material;
} sphere;

typedef struct {
    int width, height;
    struct {
        int x, y, width, height;
    } tile;
    vector eye, forward, right, up; // right and up already hold the field of view
    vector sun;
    colour sunlight, horizon, zenith;
    fixed floor_height, square;
    material floor[2];
    int spheres;
    sphere sphere[MOST_SPHERES];
} scene;

// False if the input is not exactly what is written above.
bool read_scene(const uint8_t *data, size_t size, scene *out);

#endif
