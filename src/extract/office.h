/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_OFFICE_H
#define EXTRACT_OFFICE_H

#include "extract/document_text.h"
#include "extract/odf_lock.h"
#include "extract/part.h"

/* One office file being read. Tables, pages and notes go to `text` and its grid; parts that are
 * looked at are marked in `package`, the others become members. */
struct office {
    struct package package;
    struct document_text text;
    const struct sink *sink;
    struct odf_lock lock; /* of the package, if it is one of OpenDocument */
    bool is_shut;         /* it is encrypted and was not opened, which is noted */
};

/* Each reads the files of its family, of which `main` is the part that holds the document. */
int xlsx_read(struct office *office, size_t main, struct tq_error *err) MUST_CHECK;
int docx_read(struct office *office, size_t main, struct tq_error *err) MUST_CHECK;
int pptx_read(struct office *office, size_t main, struct tq_error *err) MUST_CHECK;
int vsdx_read(struct office *office, size_t main, struct tq_error *err) MUST_CHECK;
int xps_read(struct office *office, size_t main, struct tq_error *err) MUST_CHECK;
int odf_read(struct office *office, size_t main, struct tq_error *err) MUST_CHECK;

/*
 * The text of a part in DrawingML, in the markup of comments, or in WordprocessingML: paragraphs
 * as lines, tables as tables.
 */
int office_read_text(struct office *office, size_t part, struct tq_error *err) MUST_CHECK;

/* Parts that say how a file looks, or how it is built: nothing in them is to be searched. */
bool office_is_structure(struct slice name);

/* Read the text of all parts not yet taken whose last name starts with `start`. */
int office_read_texts(struct office *office, const char *start, struct tq_error *err) MUST_CHECK;

#endif
