/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef ASSESS_FINDERS_H
#define ASSESS_FINDERS_H

#include "base/error.h"
#include "model/recapture.h"

/*
 * Whom several finders hold: of each subject a bit for each finder who holds a record that affects
 * it. Start with {0}: then there are no finders, and nothing is kept.
 */
#define FINDERS_MAX 16u

struct finders {
    unsigned count;
    uint16_t *of_exhibit; /* by exhibit number: a bit for each who holds its bytes; owned */
    size_t exhibit_count;
    uint8_t kind_count;
    struct finders_kind {
        uint32_t subject_count;
        uint16_t *holders;        /* by subject; owned; NULL: nobody yet */
    } * kinds;                    /* owned */
    uint16_t copied[FINDERS_MAX]; /* by finder: those with whom it shares a file that counts */
};

/* `of_exhibit` is copied; fewer than two finders are none. */
int finders_init(struct finders *finders, uint8_t kind_count, const uint32_t *subject_counts,
                 const uint16_t *of_exhibit, size_t exhibit_count, unsigned count,
                 struct tq_error *err) MUST_CHECK;
void finders_clear(struct finders *finders);

/* A record of this exhibit affects the subject. */
int finders_add(struct finders *finders, uint8_t kind, uint32_t subject, uint32_t exhibit,
                struct tq_error *err) MUST_CHECK;

/* Add what `other` knows, of the same kinds and finders. */
int finders_merge(struct finders *finders, const struct finders *other,
                  struct tq_error *err) MUST_CHECK;

/*
 * What two finders together tell of a kind, or, where `first` and `second` are the same, all of
 * them; false if that is nothing: one of them holds nobody, or fewer than three do. The sources of
 * *out_row are left empty.
 */
bool finders_estimate(const struct finders *finders, uint8_t kind, unsigned first, unsigned second,
                      struct recapture_row *out_row);

/*
 * Cut the subjects of a kind into other parts (of[subject] below `count`; subjects of one value of
 * a field, say), and hold the estimate of two finders against them. The row takes them over, and
 * *out_taken is true, if finders overlap more unevenly in them than in those that it has. `ways`:
 * in which parts are looked for, in all; the chance is corrected for it.
 */
int finders_compare_parts(const struct finders *finders, unsigned first, unsigned second,
                          const uint16_t *of, size_t count, unsigned ways,
                          struct recapture_row *row, bool *out_taken,
                          struct tq_error *err) MUST_CHECK;

#endif
