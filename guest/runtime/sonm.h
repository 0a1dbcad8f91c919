// What a program inside the SONM machine can do: read its input, write its output, take memory, end.
// There is nothing else: no files, no clock, no random numbers. The same input always gives the same output.
#ifndef SONM_H
#define SONM_H

#include <stddef.h>
#include <stdint.h>

// Regions of memory (PROTOCOL.md, section 3.1), in bytes.
#define SONM_INPUT ((const uint8_t *)0x80000000ul)
#define SONM_OUTPUT ((uint8_t *)0xC0000000ul)
#define SONM_REGION_SIZE 0x40000000ul

// Exit codes that the runtime itself uses; programs use 1 … 63 for reasons of their own.
#define SONM_EXIT_OUTPUT_FULL 64
#define SONM_EXIT_OUT_OF_MEMORY 65

typedef struct {
    const uint8_t *data;
    size_t size; // bytes
} sonm_bytes;

// The unit's input, in place.
sonm_bytes sonm_input(void);

// Appends `size` bytes to the output. Ends the program with SONM_EXIT_OUTPUT_FULL if the region would overflow.
void sonm_output(const void *data, size_t size);

// `size` bytes of zeroed memory, 16-byte aligned; it is never freed. Ends the program with SONM_EXIT_OUT_OF_MEMORY if
// it would come within 1 MiB of the top of ram, which belongs to the stack.
void *sonm_alloc(size_t size);

// Ends the program. 0 means success.
_Noreturn void sonm_exit(int code);

// Written by the program; what it returns is the exit code.
int main(void);

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);

#endif
