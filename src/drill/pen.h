/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_PEN_H
#define DRILL_PEN_H

#include "base/buf.h"
#include "base/error.h"
#include "drill/certificate.h"

/* Draws certificates as PDF with Cairo and Pango. Keeps fonts and shaped labels from one document
 * to the next; one pen for each thread. */
struct pen;

/* *out_pen is owned by the caller; pen_free() (NULL allowed). */
int pen_new(struct pen **out_pen, struct tq_error *err) MUST_CHECK;
struct pen *pen_free(struct pen *pen);

/*
 * Append the document's bytes. The same certificate gives the same bytes. With an `original` (NULL:
 * none) that is drawn, and what the certificate has otherwise
 * over it, each on a white patch, or in its place: a little lower (EDITING_RETYPE), to
 * the right (EDITING_NUDGE), or larger (EDITING_LETTERS).
 */
int pen_draw(struct pen *pen, const struct certificate *certificate,
             const struct certificate *original, struct buf *out, struct tq_error *err) MUST_CHECK;

#endif
