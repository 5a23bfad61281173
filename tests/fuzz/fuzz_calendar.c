/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz_extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_format(&format_calendar, data, size);
}
