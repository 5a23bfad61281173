/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A document tells of its making twice: in its information dictionary, and in its XMP packet. */
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "model/mask.h"
#include "verdict/sign_search.h"

#define SAME_MINUTES 10 /* a program that writes both takes less */
#define ZONE_MINUTES                                                            \
    15 /* whole ones apart, at most a day: a clock's offset was written wrongly \
        */
#define ZONE_MAX 840

struct account {
    enum metadata_part part;
    enum detail_form form;
};

static const struct account accounts[METADATA_PARTS] = {
    {METADATA_PRODUCER, DETAIL_METADATA_PRODUCER}, {METADATA_CREATOR, DETAIL_METADATA_CREATOR},
    {METADATA_CREATED, DETAIL_METADATA_CREATED},   {METADATA_MODIFIED, DETAIL_METADATA_MODIFIED},
    {METADATA_TITLE, DETAIL_METADATA_TITLE},
};

static struct slice first_account(const struct document_facts *document, enum metadata_part part)
{
    switch (part) {
    case METADATA_PRODUCER:
        return document->producer;
    case METADATA_CREATOR:
        return document->creator;
    case METADATA_CREATED:
        return document->created;
    case METADATA_MODIFIED:
        return document->modified;
    default:
        return document->title;
    }
}

/* ---- texts ---- */

/* The next byte that counts: blanks, marks and what is not ASCII are written in many ways. */
static int next_sign(struct slice *text)
{
    while (text->length > 0) {
        int c = (unsigned char)text->data[0] | 32;

        *text = slice_skip(*text, 1);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            return c;
    }
    return 0;
}

/* Whether one of them begins with the other, so that it may have been cut. */
static bool are_alike(struct slice a, struct slice b)
{
    int first, second;

    do {
        first = next_sign(&a);
        second = next_sign(&b);
    } while (first && first == second);
    return !first || !second;
}

/* ---- dates ---- */

static int32_t distance(int32_t a, int32_t b)
{
    return a < b ? b - a : a - b;
}

/* Minutes between both, unless nothing but an offset was written wrongly, or left out; 0 if so. */
static int32_t minutes_apart(struct slice first, struct slice second)
{
    struct document_date a, b;
    int32_t apart;

    if (!document_date_parse(first, &a) || !document_date_parse_iso(second, &b))
        return 0;
    apart = distance(a.minutes, b.minutes);
    if (apart <= SAME_MINUTES
        || distance(a.minutes + a.offset, b.minutes + b.offset) <= SAME_MINUTES
        || (apart <= ZONE_MAX && (a.has_offset != b.has_offset || apart % ZONE_MINUTES <= 1)))
        return 0;
    return apart;
}

static bool disagrees(const struct document_facts *document, enum metadata_part part,
                      int32_t *out_apart)
{
    struct slice first = first_account(document, part);
    struct slice second = slice_of(document->metadata.texts[part]);

    *out_apart = 0;
    if (!document->has_metadata || first.length == 0 || second.length == 0)
        return false;
    if (part != METADATA_CREATED && part != METADATA_MODIFIED)
        return !are_alike(first, second);
    *out_apart = minutes_apart(first, second);
    return *out_apart > 0;
}

bool document_metadata_disagrees(const struct document_facts *document)
{
    int32_t apart;

    for (unsigned i = 0; i < METADATA_PARTS; i++) {
        if (disagrees(document, accounts[i].part, &apart))
            return true;
    }
    return false;
}

/* A title may name the person whom the document is about. */
static int tell(struct sign_search *search, const struct account *account, int32_t apart,
                enum document_weight weight)
{
    CLEANUP(buf_clear_cleanup) struct buf first = {0};
    CLEANUP(buf_clear_cleanup) struct buf second = {0};
    struct slice texts[] = {first_account(search->document, account->part),
                            slice_of(search->document->metadata.texts[account->part])};
    struct saying saying = {.form = account->form};

    if (account->part == METADATA_TITLE) {
        mask_value(&first, texts[0]);
        mask_value(&second, texts[1]);
        if (buf_check(&first, search->err) < 0 || buf_check(&second, search->err) < 0)
            return TQ_E_NOMEM;
        texts[0] = buf_slice(&first);
        texts[1] = buf_slice(&second);
    }
    saying_add_text(&saying, texts[0]);
    saying_add_text(&saying, texts[1]);
    saying_add_number(&saying, (uint64_t)apart);
    sign_search_add(search, DOCUMENT_METADATA, weight, &saying);
    return search->status;
}

/*
 * Programs that pass a document on often change one account and leave the other, so it is weak
 * unless the others of its template agree with themselves.
 */
void document_metadata_find(struct sign_search *search)
{
    const struct document_facts *document = search->document;
    enum document_weight weight =
        document_habit_is_rare(search->habits, search->habits->disagreeing) ? WEIGHT_MEDIUM
                                                                            : WEIGHT_WEAK;

    if (document_habit_is_common(search->habits, search->habits->disagreeing))
        return;
    for (unsigned i = 0; i < METADATA_PARTS && search->status == TQ_OK; i++) {
        int32_t apart;

        if (disagrees(document, accounts[i].part, &apart))
            search->status = tell(search, &accounts[i], apart, weight);
    }
}
