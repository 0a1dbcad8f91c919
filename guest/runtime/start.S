# Entry of every program: registers, then main, then the exit code to the machine.
# All of memory is zero at step 0, so bss needs no clearing.
    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax             # gp itself cannot be reached through gp
    la      gp, __global_pointer$
    .option pop
    la      sp, sonm_ram_end
    call    main
    # fall through: main's result is in a0

    .globl sonm_exit
    .type sonm_exit, @function
sonm_exit:
    li      a7, 93              # Linux' exit, so that the same code ends under qemu and the guest kernel too
    ecall
