/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq-ocr: a reader that reads pictures as well. Its libraries are many and slow to load, so it
 * is a program of its own that is started for scans only. */
#include "ocr/ocr.h"
#include "reader/serve.h"

static int prepare(const struct recogniser **out_recogniser, struct tq_error *err)
{
    static struct recogniser recogniser; /* as long as the process */
    struct ocr *ocr;
    int r = ocr_new(&ocr_limits_default, &ocr, err);

    if (r < 0)
        return r;
    recogniser = ocr_recogniser(ocr);
    *out_recogniser = &recogniser;
    return TQ_OK;
}

int main(int argc, char **argv)
{
    return reader_main(argc, argv, prepare);
}
