/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_CERTIFICATE_H
#define DRILL_CERTIFICATE_H

#include "drill/forge.h"

#define CERTIFICATE_SLOTS      9u
#define CERTIFICATE_LINES      36u
#define LINE_CELLS             4u /* employer, its name, days, salary */
#define CERTIFICATE_CLAIMS_MAX (CERTIFICATE_SLOTS + CERTIFICATE_LINES * LINE_CELLS)

enum certificate_template {
    TEMPLATE_LEFT, /* labels to the left of the values, Arabic ones to the right */
    TEMPLATE_ABOVE /* labels above the values, in two columns */
};

/* What was done to the file of a certificate. */
enum editing {
    EDITING_NONE,
    EDITING_UPDATE,  /* the altered one appended to the original, as an incremental update */
    EDITING_OVERLAY, /* altered values drawn over the original's, on a white patch */
    EDITING_RETYPE,  /* altered values typed in the place of the others, not quite on the line */
    EDITING_RESAVE,  /* saved anew by another program */
    EDITING_CLOCK,   /* made by a clock of another zone */
    EDITING_NUDGE,   /* altered values typed in the place of the others, a little to the right */
    EDITING_LETTERS  /* ..., in the same font and a little larger */
};

/* A salary certificate, ready to be drawn. The first slot_count claims are slots; then come
 * LINE_CELLS claims for each line. */
struct certificate {
    uint32_t number;
    enum certificate_template template;
    enum treatment treatment;
    enum editing editing;
    int32_t issued; /* minutes */
    struct style style;
    struct person person; /* whom it is about */
    uint32_t slot_count, line_count;
    uint16_t months[CERTIFICATE_LINES];
    struct claim claims[CERTIFICATE_CLAIMS_MAX];
    const char *columns[CERTIFICATE_CLAIMS_MAX]; /* labels, as printed */
    char arabic_name[CLAIM_BYTES_MAX];
    char verification[16];
    bool total_is_honest; /* the total was left as it was before the forgery */
    int64_t total;        /* centimes, as printed */
    uint32_t total_days;
    uint32_t subject; /* NOBODY: invented, or an outsider */
    enum record_verdict verdict;
};

/* Make the number-th certificate of the drill; a pure function of (seed, number). */
void certificate_make(const struct world *world, const struct mixture *mixture, uint32_t number,
                      struct certificate *out);

/*
 * The certificate that `forged` was made from: with nothing altered. False if both show the same:
 * then there was nothing to edit.
 */
bool certificate_original(const struct world *world, const struct mixture *mixture,
                          const struct certificate *forged, struct certificate *out);

static inline uint32_t certificate_claims(const struct certificate *certificate)
{
    return certificate->slot_count + certificate->line_count * LINE_CELLS;
}

#endif
