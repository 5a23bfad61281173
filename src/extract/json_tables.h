/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_JSON_TABLES_H
#define EXTRACT_JSON_TABLES_H

#include "extract/json_stream.h"

/* What gives the events of JSON: json_stream_read(), or the reader of a binary form of it. */
typedef int json_source(const struct extract_input *input, json_handler *handler, void *state,
                        struct json_report *out_report, const struct sink *sink,
                        struct tq_error *err);

/*
 * Read an exhibit whose content is that of JSON as tables, in two passes. `type`: what it is
 * called, NULL for "json" or "jsonl", whichever it is.
 */
int json_tables_read(const struct extract_input *input, json_source *source, const char *type,
                     const struct sink *sink, struct tq_error *err) MUST_CHECK;

#endif
