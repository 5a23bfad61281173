/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_STORED_WINDOWS_H
#define REGISTER_STORED_WINDOWS_H

#include "register/seal_layout.h"

/*
 * Stored arrays of facts, gone through together by subject. Of each array a *window* is in memory,
 * and of each that another is coded against the window that goes with it: a few pieces, however
 * many facts there are. What no array can need any more is forgotten; where the facts of each
 * subject begin is kept.
 */
struct stored_windows;

/* *out_windows is owned; stored_windows_free() (NULL allowed). The register is a sealed one. */
int stored_windows_new(const struct reg *reg, struct stored_windows **out_windows,
                       struct tq_error *err) MUST_CHECK;
struct stored_windows *stored_windows_free(struct stored_windows *windows);

/* Number of an array of facts of a field, which is gone through from now on; NO_ARRAY: it is empty,
 * or there is none. Before anything is read. */
size_t stored_windows_add(struct stored_windows *windows, uint16_t field, unsigned which);

/* The present subject; they rise. */
void stored_windows_go_on(struct stored_windows *windows, uint32_t subject);

/* Item `i` of an array that was added: of the present subject or a later one. TQ_E_IO, TQ_E_KEY,
 * TQ_E_SYNTAX: the file cannot be read, or is not what its head says. */
int stored_windows_get(struct stored_windows *windows, size_t array, uint64_t i, uint64_t *out_item,
                       struct tq_error *err) MUST_CHECK;

#endif
