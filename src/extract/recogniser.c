/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/recogniser.h"

#include <inttypes.h>
#include <stdio.h>

#define CONFIDENT 60u /* below this mean a page is mostly guessed */

struct recognition_tally recognition_start(const struct recogniser *recogniser, uint32_t pages_max)
{
    return (struct recognition_tally){
        .recogniser = recogniser,
        .pages_max = pages_max,
        .unreadable = {"the picture is damaged: not read by OCR", 0},
        .late = {"not read by OCR: it took longer than a page may", 0},
        .uncertain = {"read by OCR with little confidence: most of it is guessed", 0},
    };
}

bool recognition_next(struct recognition_tally *tally)
{
    tally->wanted++;
    if (!tally->recogniser || tally->taken >= tally->pages_max)
        return false;
    tally->taken++;
    return true;
}

int recognition_count(struct recognition_tally *tally, const struct recognised *result,
                      uint32_t page_number, const struct sink *sink, struct tq_error *err)
{
    uint64_t place = (uint64_t)page_number << 32;

    if (result->outcome == RECOGNITION_UNREADABLE)
        return note_kind_add(&tally->unreadable, sink, place, err);
    if (result->outcome == RECOGNITION_LATE)
        return note_kind_add(&tally->late, sink, place, err);
    tally->read++;
    tally->confidence_sum += result->confidence;
    tally->words_left_out += result->words_left_out;
    if (result->confidence > 0 && result->confidence < CONFIDENT)
        return note_kind_add(&tally->uncertain, sink, place, err);
    return TQ_OK;
}

static int note_what_was_read(const struct recognition_tally *tally, const struct sink *sink,
                              struct tq_error *err)
{
    int r;

    if (tally->read == 0)
        return TQ_OK;
    r = emit_note(sink, 0, err, "read by OCR: %" PRIu32 " pages, mean confidence %" PRIu32,
                  tally->read, tally->confidence_sum / tally->read);
    if (r < 0 || tally->words_left_out == 0)
        return r;
    return emit_note(sink, 0, err, "%" PRIu32 " words too uncertain for OCR were left out",
                     tally->words_left_out);
}

int recognition_finish(const struct recognition_tally *tally, const struct sink *sink,
                       struct tq_error *err)
{
    const struct note_kind *kinds[] = {&tally->unreadable, &tally->late, &tally->uncertain};
    char wanted[16];
    int r = TQ_OK;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && r == TQ_OK; i++)
        r = note_kind_finish(kinds[i], sink, err);
    if (r == TQ_OK)
        r = note_what_was_read(tally, sink, err);
    if (r < 0 || tally->wanted == 0)
        return r;
    (void)snprintf(wanted, sizeof(wanted), "%" PRIu32, tally->wanted);
    return emit_fact(sink, FACT_PICTURES, slice_of(wanted), err);
}
