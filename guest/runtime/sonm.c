#include "sonm.h"

extern uint8_t sonm_heap_start[], sonm_heap_end[]; // link.ld: ram between bss and the stack

// The lengths at the start of the regions are 8 bytes, little-endian, like the machine itself.
#define LENGTH_SIZE 8
#define CAPACITY (SONM_REGION_SIZE - LENGTH_SIZE)

static uint8_t *heap_next;

sonm_bytes sonm_input(void) {
    uint64_t size = *(const uint64_t *)SONM_INPUT;
    // The maker of the input is responsible for its length. A length beyond the region is cut, so that nothing else is
    // read.
    return (sonm_bytes){SONM_INPUT + LENGTH_SIZE, size < CAPACITY ? size : CAPACITY};
}

void sonm_output(const void *data, size_t size) {
    uint64_t *length = (uint64_t *)SONM_OUTPUT;
    if (size > CAPACITY - *length) sonm_exit(SONM_EXIT_OUTPUT_FULL);
    memcpy(SONM_OUTPUT + LENGTH_SIZE + *length, data, size);
    *length += size;
}

void *sonm_alloc(size_t size) {
    if (!heap_next) heap_next = sonm_heap_start;
    size_t room = (size_t)(sonm_heap_end - heap_next);
    if (size > room || room - size < 15) sonm_exit(SONM_EXIT_OUT_OF_MEMORY);
    uint8_t *found = heap_next;
    heap_next += (size + 15) & ~15ul;
    return found;
}
