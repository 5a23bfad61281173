/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_DOCUMENT_SIGNS_H
#define VERDICT_DOCUMENT_SIGNS_H

#include "base/arena.h"
#include "base/error.h"
#include "model/departure.h"
#include "model/document_metadata.h"
#include "model/document_sign.h"
#include "model/document_structure.h"

/*
 * Signs that documents were edited (docs/documents.md): what the bytes of each say by themselves,
 * and where it differs from the others of its template, which are its measure.
 */
struct document_facts {
    uint32_t exhibit;
    uint32_t layout;                                   /* its template; 0: none */
    struct slice producer, creator, created, modified; /* borrowed; as the document says */
    bool has_structure;
    struct document_structure structure;
    const struct document_edit *edits; /* borrowed */
    uint32_t edit_count;
    struct slice title;
    bool has_metadata; /* a second account of itself */
    struct document_metadata metadata;
    const struct departure *departures; /* borrowed */
    uint32_t departure_count;
};

/* Fewer documents than this are no measure for one of them. */
#define DOCUMENT_TEMPLATE_LEAST 8u

struct document_signs {
    struct document_sign_row *items; /* owned; before and after borrowed from the facts */
    size_t count, capacity;
    struct arena details;
};

/*
 * Append the signs of all documents, in their order; `documents` is sorted by exhibit. `timezone`:
 * the institution's, an IANA name.
 */
int document_signs_find(const struct document_facts *documents, size_t count, const char *timezone,
                        struct document_signs *signs, struct tq_error *err) MUST_CHECK;
void document_signs_clear(struct document_signs *signs);

/* A date of a document. */
struct document_date {
    int32_t minutes; /* UTC, as far as there is an offset */
    int32_t offset;  /* minutes east */
    bool has_offset;
};

/* "D:20240304101112+01'00'"; "D:" and all behind the year may be missing. False: it is no date. */
bool document_date_parse(struct slice text, struct document_date *out_date);
/* "2024-03-04T10:11:12+01:00"; all behind the day may be missing. */
bool document_date_parse_iso(struct slice text, struct document_date *out_date);

#endif
