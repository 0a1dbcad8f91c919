// Renders one tile of a picture. Input: scene.h. Output, little-endian: width and height of the picture, x, y, width and
// height of the tile (2 bytes each), then red, green, blue of its pixels, row by row from the top.
// Exit code: 0, or 2 where the input is not a scene.
#include "sonm.h"
#include "trace.h"

#define EXIT_NOT_A_SCENE 2
#define STEPS 16 // sampling positions a pixel, in each direction
#define EDGE 160 // of 4,096: a pixel whose corners differ by more is looked at more closely

// What a screen is told, 0 … 4,095 a channel.
typedef struct {
    int r, g, b;
} shown;

static scene the_scene;

// Bright light is compressed as film does (Narkowicz, 'ACES Filmic Tone Mapping Curve', 2016), then the screen's square is undone.
static int expose(fixed light) {
    fixed x = least(most(light, 0), 64 * ONE);
    fixed above = multiply(x, multiply(x, RATIO(251, 100)) + RATIO(3, 100));
    fixed below = multiply(x, multiply(x, RATIO(243, 100)) + RATIO(59, 100)) + RATIO(14, 100);
    fixed mapped = least(divide(above, below), ONE);
    return (int)least(square_root((uint64_t)mapped << 4), 4095);
}

// A look through the picture at a place given in 1/STEPS of a pixel.
static shown look(int x, int y) {
    const scene *s = &the_scene;
    fixed across = (fixed)(2 * x - STEPS * s->width) * ONE / (STEPS * s->height);
    fixed upwards = (fixed)(STEPS * s->height - 2 * y) * ONE / (STEPS * s->height);
    vector direction = normalise(add(s->forward, add(scale(s->right, across), scale(s->up, upwards))));
    colour light = trace(s, s->eye, direction);
    return (shown){expose(light.r), expose(light.g), expose(light.b)};
}

static bool differ(shown a, shown b) {
    int r = a.r - b.r, g = a.g - b.g, c = a.b - b.b;
    return r > EDGE || -r > EDGE || g > EDGE || -g > EDGE || c > EDGE || -c > EDGE;
}

static shown both(shown a, shown b) { return (shown){a.r + b.r, a.g + b.g, a.b + b.b}; }

// The mean of a pixel times 8. Smooth ones are known by their centre and corners; an edge is looked at eight times, at
// places of which no two share a row or a column.
static shown pixel(int x, int y, const shown *above, const shown *below) {
    static const uint8_t place[8][2] = {{1, 5}, {3, 11}, {5, 1}, {7, 15}, {9, 7}, {11, 3}, {13, 13}, {15, 9}};
    shown centre = look(STEPS * x + STEPS / 2, STEPS * y + STEPS / 2);
    if (!differ(centre, above[0]) && !differ(centre, above[1]) && !differ(centre, below[0]) && !differ(centre, below[1])) {
        shown corners = both(both(above[0], above[1]), both(below[0], below[1]));
        return both(corners, (shown){4 * centre.r, 4 * centre.g, 4 * centre.b});
    }
    shown all = {0, 0, 0};
    for (int i = 0; i < 8; i++) all = both(all, look(STEPS * x + place[i][0], STEPS * y + place[i][1]));
    return all;
}

// Times 8 in 4,096ths to a byte. Rounded by an ordered pattern, so that gradients show no bands.
static uint8_t byte_of(int value, int x, int y) {
    static const uint8_t pattern[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};
    return (uint8_t)least((value + pattern[y % 4][x % 4] * 8) >> 7, 255);
}

static void look_along(shown *row, int x, int y, int width) {
    for (int i = 0; i <= width; i++) row[i] = look(STEPS * (x + i), STEPS * y);
}

static void put_16(uint8_t *at, int value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

int main(void) {
    sonm_bytes input = sonm_input();
    if (!read_scene(input.data, input.size, &the_scene)) return EXIT_NOT_A_SCENE;
    const int left = the_scene.tile.x, top = the_scene.tile.y;
    const int width = the_scene.tile.width, height = the_scene.tile.height;

    uint8_t header[12];
    const int fields[6] = {the_scene.width, the_scene.height, left, top, width, height};
    for (int i = 0; i < 6; i++) put_16(header + 2 * i, fields[i]);
    sonm_output(header, sizeof header);

    shown *above = sonm_alloc((size_t)(width + 1) * sizeof *above);
    shown *below = sonm_alloc((size_t)(width + 1) * sizeof *below);
    uint8_t *bytes = sonm_alloc((size_t)width * 3);
    look_along(above, left, top, width);
    for (int y = top; y < top + height; y++) {
        look_along(below, left, y + 1, width);
        for (int x = 0; x < width; x++) {
            shown p = pixel(left + x, y, above + x, below + x);
            bytes[3 * x] = byte_of(p.r, left + x, y);
            bytes[3 * x + 1] = byte_of(p.g, left + x, y);
            bytes[3 * x + 2] = byte_of(p.b, left + x, y);
        }
        sonm_output(bytes, (size_t)width * 3);
        shown *spare = above;
        above = below;
        below = spare;
    }
    return 0;
}
