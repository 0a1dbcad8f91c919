# The same programs as ordinary Linux processes, for comparing the machine with qemu-riscv64 (build.sh --linux): maps the
# regions, reads the input from stdin, and writes the output to stdout at the end. Never part of a committed binary.
#define EXIT 93
#define READ 63
#define WRITE 64
#define MMAP 222
#define READ_WRITE 3
#define FIXED_ANONYMOUS_NORESERVE 0x4032
#define EXIT_SETUP_FAILED 70

.macro map_region start
    li      a0, \start
    li      a1, 0x40000000
    li      a2, READ_WRITE
    li      a3, FIXED_ANONYMOUS_NORESERVE
    li      a4, -1
    li      a5, 0
    li      a7, MMAP
    ecall
    li      t0, \start
    bne     a0, t0, setup_failed
.endm

    .section .text.start, "ax", @progbits
    .globl _start
_start:
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    map_region 0x40000000
    map_region 0x80000000
    map_region 0xC0000000
    li      s0, 0x80000000      # the length; the input follows it
    addi    s1, s0, 8
1:  li      a0, 0
    mv      a1, s1
    li      a2, 0x10000
    li      a7, READ
    ecall
    bltz    a0, setup_failed
    add     s1, s1, a0
    bnez    a0, 1b
    sub     s1, s1, s0
    addi    s1, s1, -8
    sd      s1, 0(s0)
    la      sp, sonm_ram_end
    call    main

    .globl sonm_exit
sonm_exit:
    mv      s2, a0
    li      s0, 0xC0000000
    ld      s1, 0(s0)
    addi    s0, s0, 8
2:  beqz    s1, 3f
    li      a0, 1
    mv      a1, s0
    mv      a2, s1
    li      a7, WRITE
    ecall
    blez    a0, setup_failed
    add     s0, s0, a0
    sub     s1, s1, a0
    j       2b
3:  mv      a0, s2
    li      a7, EXIT
    ecall

setup_failed:
    li      a0, EXIT_SETUP_FAILED
    li      a7, EXIT
    ecall
