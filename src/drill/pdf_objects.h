/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_PDF_OBJECTS_H
#define DRILL_PDF_OBJECTS_H

#include "base/buf.h"
#include "base/error.h"

/*
 * Changing documents as a forger's tool does: the bytes of PDFs that cairo wrote, of one table of
 * references and no object streams. TQ_E_SYNTAX if they are of another form.
 */

/* What a tool says of itself; texts without parentheses. */
struct pdf_words {
    const char *producer, *created, *modified;
    const char *first_id, *second_id; /* hexadecimal digits */
    const char *xmp;                  /* a packet that it leaves as it found it, or NULL */
};

/*
 * An incremental update (ISO 32000-1, 7.5.6): `before` as it is, and behind its end the objects of
 * `after` under new numbers, which from then on are the document.
 */
int pdf_append(struct slice before, struct slice after, const char *second_id, struct buf *out,
               struct tq_error *err) MUST_CHECK;

/* The same document as another program would save it anew. */
int pdf_save_anew(struct slice document, const struct pdf_words *words, struct buf *out,
                  struct tq_error *err) MUST_CHECK;

#endif
