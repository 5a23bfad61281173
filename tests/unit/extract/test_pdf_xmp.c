/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "extract/pdf_xmp.h"

static struct document_metadata read(const char *packet)
{
    struct document_metadata found;

    pdf_xmp_read(slice_of(packet), &found);
    return found;
}

static void properties_are_read_from_elements(void **state)
{
    struct document_metadata found =
        read("<?xpacket begin=''?><rdf:Description><pdf:Producer>GPL &amp; Co 9.5</pdf:Producer>"
             "<xmp:CreateDate>2024-03-04T10:11:12+01:00</xmp:CreateDate>"
             "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'> Attestation </rdf:li>"
             "<rdf:li>Certificate</rdf:li></rdf:Alt></dc:title></rdf:Description>");

    (void)state;
    assert_string_equal(found.texts[METADATA_PRODUCER], "GPL & Co 9.5");
    assert_string_equal(found.texts[METADATA_CREATED], "2024-03-04T10:11:12+01:00");
    assert_string_equal(found.texts[METADATA_TITLE], "Attestation");
    assert_string_equal(found.texts[METADATA_CREATOR], "");
}

static void properties_are_read_from_attributes(void **state)
{
    struct document_metadata found =
        read("<rdf:Description xmp:CreatorTool=\"Word\" xap:ModifyDate = '2024-03-04'\n"
             " pdf:Producer=\"a\"/>");

    (void)state;
    assert_string_equal(found.texts[METADATA_CREATOR], "Word");
    assert_string_equal(found.texts[METADATA_MODIFIED], "2024-03-04");
    assert_string_equal(found.texts[METADATA_PRODUCER], "a");
}

static void a_name_within_another_is_not_it(void **state)
{
    struct document_metadata found = read("pdf:Producer <x:pdf:Producer>no</x> <a b='pdf:Producer'>"
                                          "</pdf:Producer><pdf:Producer>yes</pdf:Producer>");

    (void)state;
    assert_string_equal(found.texts[METADATA_PRODUCER], "yes");
}

static void whatever_is_cut_short_is_read_as_far_as_it_goes(void **state)
{
    static const char whole[] = "<pdf:Producer>abc</pdf:Producer><dc:title><rdf:Alt><rdf:li>t";
    struct document_metadata found;

    (void)state;
    for (size_t i = 0; i <= strlen(whole); i++)
        pdf_xmp_read(slice_make(whole, i), &found);
    assert_string_equal(found.texts[METADATA_TITLE], "t");
}

static void a_long_text_is_cut_between_characters(void **state)
{
    char packet[1000] = "<pdf:Producer>";
    struct document_metadata found;

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        strcat(packet, i % 2 ? "é" : "e");
    found = read(packet);
    assert_in_range(strlen(found.texts[METADATA_PRODUCER]), DOCUMENT_METADATA_BYTES - 3,
                    DOCUMENT_METADATA_BYTES);
    assert_true((found.texts[METADATA_PRODUCER][strlen(found.texts[METADATA_PRODUCER]) - 1] & 0xC0)
                != 0xC0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_are_read_from_elements),
        cmocka_unit_test(properties_are_read_from_attributes),
        cmocka_unit_test(a_name_within_another_is_not_it),
        cmocka_unit_test(whatever_is_cut_short_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
