/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PST_ITEM_H
#define EXTRACT_PST_ITEM_H

#include <libpff.h>

#include "base/buf.h"

/*
 * An item of Outlook - a mail, a contact, an appointment - as a mail in text: the usual fields, all
 * its other texts as "X-MAPI-3A08: ...", and its body.
 */
void pst_item_add(struct buf *out, libpff_item_t *item);

/* A text of an item by its MAPI property; nothing is added if it has none. */
void pst_item_add_text(struct buf *out, libpff_item_t *item, uint32_t property);

/* The body that is told neither as text nor as HTML; nothing is added if there is none. */
void pst_item_add_rtf(struct buf *out, libpff_item_t *item);

#endif
