// Renders one tile of a picture. Input: scene.h. Output, little-endian: width and height of the picture, x, y, width and
// height of the tile (2 bytes each), then red, green, blue of its pixels, row by row from the top.
// Exit code: 0, or 2 where the input is not a scene.
#include "sonm.h"
#include "trace.h"

#define EXIT_NOT_A_SCENE 2
#define STEPS 16 // sampling positions a pixel, in each direction
#define EDGE 320 // of 4,096: pixels that differ by more have an edge between them

// The colour that a screen gets, 0 … 4,095 per channel.
typedef struct {
    int r, g, b;
} shown;

static scene the_scene;

// Bright light is compressed as film does (Narkowicz, 'ACES Filmic Tone Mapping Curve', 2016). Then the square that the
// screen applies is undone.
static int expose(fixed light) {
    fixed x = least(most(light, 0), 64 * ONE);
    fixed above = multiply(x, multiply(x, RATIO(251, 100)) + RATIO(3, 100));
    fixed below = multiply(x, multiply(x, RATIO(243, 100)) + RATIO(59, 100)) + RATIO(14, 100);
    fixed mapped = least(divide(above, below), ONE);
    return (int)least(square_root((uint64_t)mapped << 4), 4095);
}

// What is seen at a place of the picture, given in 1/STEPS of a pixel.
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

static void add_times(shown *to, shown more, int times) {
    to->r += more.r * times;
    to->g += more.g * times;
    to->b += more.b * times;
}

// The mean of a pixel times 8, from its centre and those of its neighbours. Where they are alike the centre is enough.
// At an edge four more places are sampled; no two of them share a row or a column.
static shown pixel(int x, int y, const shown *above, const shown *here, const shown *below) {
    static const uint8_t place[4][2] = {{6, 2}, {14, 6}, {10, 14}, {2, 10}};
    shown all = {0, 0, 0};
    if (differ(*here, here[-1]) || differ(*here, here[1]) || differ(*here, *above) || differ(*here, *below)) {
        for (int i = 0; i < 4; i++) add_times(&all, look(STEPS * x + place[i][0], STEPS * y + place[i][1]), 2);
    } else {
        add_times(&all, *here, 8);
    }
    return all;
}

// Times 8 in 4,096ths to a byte. Rounded by an ordered pattern, so that gradients show no bands.
static uint8_t byte_of(int value, int x, int y) {
    static const uint8_t pattern[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};
    return (uint8_t)least((value + pattern[y % 4][x % 4] * 8) >> 7, 255);
}

// The centres of a row of the tile, with a neighbour at each end.
static void look_along(shown *row, int y) {
    for (int i = -1; i <= the_scene.tile.width; i++)
        row[i] = look(STEPS * (the_scene.tile.x + i) + STEPS / 2, STEPS * y + STEPS / 2);
}

static shown *row_of(int width) { return (shown *)sonm_alloc((size_t)(width + 2) * sizeof(shown)) + 1; }

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

    shown *above = row_of(width), *here = row_of(width), *below = row_of(width);
    uint8_t *bytes = sonm_alloc((size_t)width * 3);
    look_along(here, top - 1);
    look_along(below, top);
    for (int y = top; y < top + height; y++) {
        shown *spare = above;
        above = here;
        here = below;
        below = spare;
        look_along(below, y + 1);
        for (int i = 0; i < width; i++) {
            int x = left + i;
            shown mean = pixel(x, y, above + i, here + i, below + i);
            bytes[3 * i] = byte_of(mean.r, x, y);
            bytes[3 * i + 1] = byte_of(mean.g, x, y);
            bytes[3 * i + 2] = byte_of(mean.b, x, y);
        }
        sonm_output(bytes, (size_t)width * 3);
    }
    return 0;
}
