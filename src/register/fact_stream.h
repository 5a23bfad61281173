/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FACT_STREAM_H
#define REGISTER_FACT_STREAM_H

#include "register/fact_list.h"
#include "register/register.h"

/*
 * The facts of one field, one after the other: by subject, and of a subject in the order of
 * register.h. They come from the file piece by piece and are not kept: in memory are some thirty
 * megabytes and 4 to 8 bytes for each subject (stored_windows.h), however many facts there are.
 * Streams of one register may run in several threads.
 */
struct fact_stream;

/* *out_stream is owned; fact_stream_free() (NULL allowed). */
int fact_stream_open(const struct reg *reg, uint16_t field, struct fact_stream **out_stream,
                     struct tq_error *err) MUST_CHECK;
struct fact_stream *fact_stream_free(struct fact_stream *stream);

/* The next fact; *out_any is false at the end. TQ_E_IO, TQ_E_KEY, TQ_E_SYNTAX: the file cannot be
 * read, or is not what its head says. */
int fact_stream_next(struct fact_stream *stream, struct fact *out_fact, bool *out_any,
                     struct tq_error *err) MUST_CHECK;

#endif
