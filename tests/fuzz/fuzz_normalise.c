/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a cell: every interpretation, text function, scheme and comparison stands them. */
#include <assert.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "normalise/country.h"
#include "normalise/name_likeness.h"
#include "normalise/normalise.h"
#include "normalise/redaction.h"
#include "normalise/scheme.h"
#include "normalise/similarity.h"
#include "normalise/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_interpretations(struct slice cell, struct buf *out)
{
    static const char *const codes[] = {"MA", "US", ""};

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        struct normaliser rules = {.country = country_find(slice_of(codes[i]))};

        for (int as = 0; as < AS_PLAIN_COUNT; as++) {
            bool is_read;

            buf_empty(out);
            is_read = normalise(&rules, (enum interpretation)as, cell, out);
            assert(is_read == (out->length > 0));
            assert(is_read
                   == (normalise_fingerprint(&rules, (enum interpretation)as, cell, out)
                       != FINGERPRINT_NONE));
        }
    }
}

/* Folding twice is folding once. */
static void try_folding(struct slice text, struct buf *once)
{
    CLEANUP(buf_clear_cleanup) struct buf twice = {0};

    buf_empty(once);
    text_fold(text, once);
    text_fold(buf_slice(once), &twice);
    assert(slice_equal(buf_slice(once), buf_slice(&twice)));
    assert(utf8_is_valid(buf_slice(once)));
}

/* What a mask shows of a cell, it shows of the same text as a value. */
static void try_redactions(struct slice cell, struct buf *out)
{
    CLEANUP(buf_clear_cleanup) struct buf value = {0};
    uint32_t head, tail;

    for (unsigned unit = REDACTION_CUT; unit <= REDACTION_WORDS; unit++) {
        struct redaction redaction = {.unit = unit, .head = 2, .tail = unit ? 1 : 0};
        bool shows;

        buf_empty(out);
        buf_empty(&value);
        shows = redaction_cell(&redaction, cell, out);
        assert(shows == (out->length > 0));
        assert(shows == redaction_value(&redaction, TYPE_TEXT, cell, &value));
        assert(slice_equal(buf_slice(out), buf_slice(&value)));
        (void)redaction_measure(redaction.unit, cell, &head, &tail);
    }
    (void)redaction_is_initials(cell);
}

static void try_pairs(struct slice a, struct slice b)
{
    for (int type = 0; type < TYPE_COUNT; type++) {
        (void)similarity_is_truncated((enum value_type)type, a, b);
        (void)redaction_agrees((enum value_type)type, a, b);
    }
    for (int form = 0; form < FORM_COUNT; form++)
        (void)similarity_near((enum form)form, a, b);
    (void)name_likeness(a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    struct slice cell = slice_make((const char *)data, size);
    size_t half = size / 2;

    try_interpretations(cell, &out);
    try_folding(cell, &out);
    try_redactions(cell, &out);
    buf_empty(&out);
    text_fold_joined(cell, &out);
    (void)text_is_damaged(cell);
    (void)text_undo_double_encoding(cell, &out);
    (void)text_cut(cell, text_length(cell) / 2);
    (void)similarity_is_scientific(cell);
    for (size_t i = 0; i < scheme_count(); i++)
        (void)scheme_accepts(scheme_at(i), cell);
    try_pairs(slice_make(cell.data, half), slice_skip(cell, half));
    return 0;
}
