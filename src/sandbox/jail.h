/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SANDBOX_JAIL_H
#define SANDBOX_JAIL_H

#include <stdint.h>

#include "base/error.h"

/*
 * Lock this process in, for good: no new privileges, rlimits (memory, no core, no new files), no
 * file system (Landlock, where the kernel has it), and only the system calls that reading a
 * descriptor and writing to a socket need (seccomp; unknown calls get ENOSYS). To be called once,
 * after everything that must be opened is open.
 */
int jail_enter(uint64_t memory_bytes_max, struct tq_error *err) MUST_CHECK;

#endif
