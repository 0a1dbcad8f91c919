#include "scene.h"

#define HEADER 88
#define SPHERE 24
#define MOST_COORDINATE (32 * ONE)

static uint32_t read_16(const uint8_t *at) { return at[0] | (uint32_t)at[1] << 8; }
static uint32_t read_32(const uint8_t *at) { return read_16(at) | read_16(at + 2) << 16; }

// 1/65,536 to Q20.
static fixed read_length(const uint8_t *at) { return (fixed)(int32_t)read_32(at) << (SHIFT - 16); }

static vector read_vector(const uint8_t *at) {
    return (vector){read_length(at), read_length(at + 4), read_length(at + 8)};
}

// Screens show about the square root of light, so light is the square of what a screen gets.
static fixed read_channel(uint8_t value) { return (fixed)value * value * ONE / (255 * 255); }

static colour read_colour(const uint8_t *at) {
    return (colour){read_channel(at[0]), read_channel(at[1]), read_channel(at[2])};
}

static bool near_enough(fixed a) { return a >= -MOST_COORDINATE && a <= MOST_COORDINATE; }
static bool inside(vector a) { return near_enough(a.x) && near_enough(a.y) && near_enough(a.z); }

static bool read_sphere(const uint8_t *at, sphere *out) {
    out->centre = read_vector(at);
    out->radius = read_length(at + 12);
    out->radius_squared = out->radius * out->radius;
    out->material = (material){read_colour(at + 16), (fixed)at[19] * ONE / 255, at[20] == 1};
    return inside(out->centre) && out->radius >= ONE / 256 && near_enough(out->radius) && at[20] <= 1 &&
           (at[21] | at[22] | at[23]) == 0;
}

static bool read_camera(const uint8_t *at, scene *out) {
    vector target = read_vector(at + 12);
    fixed field = read_length(at + 24);
    out->eye = read_vector(at);
    if (!inside(out->eye) || !inside(target) || field <= 0 || field > 4 * ONE) return false;
    out->forward = normalise(subtract(target, out->eye));
    vector right = normalise(cross((vector){0, ONE, 0}, out->forward));
    if (right.x == 0 && right.z == 0) return false;
    out->right = scale(right, field);
    out->up = scale(cross(out->forward, right), field);
    return true;
}

bool read_scene(const uint8_t *data, size_t size, scene *out) {
    if (size < HEADER || read_32(data) != 0x31545253) return false; // "SRT1"
    out->width = (int)read_16(data + 4);
    out->height = (int)read_16(data + 6);
    out->tile.x = (int)read_16(data + 8);
    out->tile.y = (int)read_16(data + 10);
    out->tile.width = (int)read_16(data + 12);
    out->tile.height = (int)read_16(data + 14);
    if (out->width < 1 || out->width > 16384 || out->height < 1 || out->height > 16384) return false;
    if (out->tile.width < 1 || out->tile.x + out->tile.width > out->width) return false;
    if (out->tile.height < 1 || out->tile.y + out->tile.height > out->height) return false;

    if (!read_camera(data + 16, out)) return false;
    vector sun = read_vector(data + 44);
    if (!inside(sun) || length(sun) == 0) return false;
    out->sun = normalise(sun);
    out->sunlight = dim(read_colour(data + 56), (fixed)data[59] * ONE / 32);
    out->horizon = read_colour(data + 60);
    out->zenith = read_colour(data + 64);
    if (data[63] || data[67] || data[83]) return false;

    out->floor_height = read_length(data + 68);
    out->square = read_length(data + 72);
    if (!near_enough(out->floor_height) || out->floor_height >= out->eye.y) return false;
    if (out->square < ONE / 16 || !near_enough(out->square)) return false;
    fixed gloss = (fixed)data[79] * ONE / 255;
    out->floor[0] = (material){read_colour(data + 76), gloss, false};
    out->floor[1] = (material){read_colour(data + 80), gloss, false};

    uint32_t spheres = read_32(data + 84);
    if (spheres > MOST_SPHERES || size != HEADER + SPHERE * spheres) return false;
    out->spheres = (int)spheres;
    for (int i = 0; i < out->spheres; i++)
        if (!read_sphere(data + HEADER + SPHERE * i, &out->sphere[i])) return false;
    return true;
}
