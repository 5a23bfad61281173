/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq-reader: reads whatever needs no OCR. */
#include "reader/serve.h"

int main(int argc, char **argv)
{
    return reader_main(argc, argv, NULL);
}
