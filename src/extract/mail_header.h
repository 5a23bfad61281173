/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_MAIL_HEADER_H
#define EXTRACT_MAIL_HEADER_H

#include <stdbool.h>

#include "base/buf.h"
#include "extract/codepage.h"

/*
 * The value of a header field as text: unfolded, encoded words (RFC 2047) undone. The encodings are
 * our own tables: in the jail the C library cannot open its converters.
 */
void mail_header_add(struct buf *out, struct slice value);

/* Whether text begins with the header of a mail: lines of fields, some of which mail must have. */
bool mail_header_is_likely(struct slice head);

/*
 * A line of blanks that ends the header in place of an empty one: fields are not all that stands
 * between it and the first empty line. False if there is none, which is the rule; *out_line has
 * its end of line, and is part of `head`.
 */
bool mail_header_blank_end(struct slice head, struct slice *out_line);

/*
 * The next line of a header that is no field, nor part of one; *rest, at first the header's own
 * first line, goes behind it. False: no more of them come before the header's end.
 */
bool mail_header_next_stray(struct slice *rest, struct slice *out_line);

#endif
