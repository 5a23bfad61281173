/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_DOCUMENT_STRUCTURE_H
#define MODEL_DOCUMENT_STRUCTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * How a document was put together, as its bytes tell (docs/documents.md). The sandboxed reader
 * finds it and writes it as facts of the exhibit; the parent reads it back, and believes nothing:
 * what does not parse is as if it had not been said.
 */
#define DOCUMENT_STRUCTURE_FACT "pdf.structure"
#define DOCUMENT_EDIT_FACT      "pdf.edit"

#define DOCUMENT_FONTS_MAX     16u /* of one document; a template has two to eight */
#define DOCUMENT_FONT_BYTES    40u
#define DOCUMENT_ID_BYTES      33u /* 16 bytes in hexadecimal digits */
#define DOCUMENT_EDITS_MAX     16u /* of one document: the first ones tell the story */
#define DOCUMENT_EDIT_BYTES    160u
#define DOCUMENT_REVISIONS_MAX 64u

struct document_font {
    char name[DOCUMENT_FONT_BYTES]; /* without its subset's prefix */
    uint8_t subsets;                /* different prefixes; 0: not a subset */
};

struct document_structure {
    uint32_t revisions; /* 1: never updated; 0: not known */
    bool is_signed, is_form, is_linear;
    char id[2][DOCUMENT_ID_BYTES]; /* "" if there is none */
    double width, height;          /* of the first page that is told of, in points; 0: not known */
    uint32_t font_count;
    struct document_font fonts[DOCUMENT_FONTS_MAX]; /* by name */
};

/* Add "revisions=2;signed=0;...": what document_structure_parse() reads. */
void document_structure_format(const struct document_structure *structure, struct buf *out);
/* False, and nothing changed, if `text` is not of this form. */
bool document_structure_parse(struct slice text, struct document_structure *out_structure);

/* What was done to a text of a page. Stored as words. */
enum document_edit_kind {
    EDIT_UPDATED = 0,     /* the revision before showed another text at this place */
    EDIT_COVERED = 1,     /* a filled shape was painted over a text */
    EDIT_OVERWRITTEN = 2, /* a text was drawn over another */
    EDIT_OFF_LINE = 3,    /* its baseline is not quite that of its line */
    EDIT_MIXED = 4,       /* a number whose digits are of several fonts or subsets */
    EDIT_KIND_COUNT
};

struct document_edit {
    enum document_edit_kind kind;
    uint32_t revision; /* that brought it, from 1; 0: within one revision */
    uint32_t page;     /* from 1 */
    struct slice before, after;
};

/* Texts are cut at DOCUMENT_EDIT_BYTES, and white space in them becomes spaces. */
void document_edit_format(const struct document_edit *edit, struct buf *out);
/* The texts are borrowed from `text`. */
bool document_edit_parse(struct slice text, struct document_edit *out_edit);

#endif
