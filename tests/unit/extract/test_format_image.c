/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Headers of images, made by hand. What is read off them is in ../ocr. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "extract/image_header.h"
#include "recorder.h"

/* A literal with NULs in it. */
#define BYTES(literal) slice_make(literal, sizeof(literal) - 1)

#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"

static void check_size(struct slice bytes, enum image_kind kind, uint32_t width, uint32_t height)
{
    uint32_t got_width = 0, got_height = 0;

    assert_int_equal(image_kind_of(bytes), kind);
    assert_true(image_page_size(kind, bytes, 0, &got_width, &got_height));
    assert_int_equal(got_width, width);
    assert_int_equal(got_height, height);
}

static void each_kind_tells_its_size(void **state)
{
    (void)state;
    check_size(BYTES(PNG_HEAD "\0\0\x04\0\0\0\x03\0"), IMAGE_PNG, 1024, 768);
    check_size(BYTES("\xff\xd8\xff\xe0\0\x04xx\xff\xff\xc2\0\x11\x08\x03\0\x04\0\x04"), IMAGE_JPEG,
               1024, 768);
    check_size(BYTES("GIF89a\0\x04\0\x03\0\0\0"), IMAGE_GIF, 1024, 768);
    check_size(BYTES("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\x04\0\0\0\xfd\xff\xff"), IMAGE_BMP,
               1024, 768);
    check_size(BYTES("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x03\0\xff\x02\0"), IMAGE_WEBP,
               1024, 768);
    check_size(BYTES("II*\0\x08\0\0\0\x02\0"
                     "\0\x01\x03\0\x01\0\0\0\0\x04\0\0"
                     "\x01\x01\x04\0\x01\0\0\0\0\x03\0\0"
                     "\0\0\0\0"),
               IMAGE_TIFF, 1024, 768);
    check_size(BYTES("MM\0*\0\0\0\x08\0\x02"
                     "\x01\0\0\x03\0\0\0\x01\x04\0\0\0"
                     "\x01\x01\0\x04\0\0\0\x01\0\0\x03\0"
                     "\0\0\0\0"),
               IMAGE_TIFF, 1024, 768);
}

static void a_ring_of_directories_ends(void **state)
{
    struct slice ring = BYTES("II*\0\x08\0\0\0\0\0\x08\0\0\0");
    struct slice two = BYTES("II*\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\x08\0\0\0");

    (void)state;
    assert_int_equal(image_page_count(IMAGE_TIFF, ring, 100), 1);
    assert_int_equal(image_page_count(IMAGE_TIFF, two, 100), 2);
    assert_int_equal(image_page_count(IMAGE_TIFF, two, 1), 1);
    assert_int_equal(image_page_count(IMAGE_TIFF, BYTES("II*\0\xff\xff\xff\xff"), 100), 0);
}

/* Two frames of one pixel; the first is 29 bytes with the head. */
#define FRAME ",\0\0\0\0\1\0\1\0\0\2\2\x4c\1\0"
static const char animation[] = "GIF89a\1\0\1\0\0\0\0" FRAME "!\xf9\4\0\0\0\0\0" FRAME ";";

static void of_an_animation_the_first_frame_counts(void **state)
{
    struct slice gif = BYTES(animation);
    bool more;

    (void)state;
    assert_int_equal(image_first_frame(gif, &more), 13 + sizeof(FRAME) - 1);
    assert_true(more);
    gif.length = 13 + sizeof(FRAME) - 1;
    assert_int_equal(image_first_frame(gif, &more), gif.length);
    assert_false(more);
    gif.length--;
    assert_int_equal(image_first_frame(gif, &more), 0);
}

static void check_log(struct slice bytes, const char *wanted)
{
    struct recorder recorder = {0};

    assert_int_equal(recorder_read(&recorder, bytes, "x.csv"), TQ_OK);
    assert_string_equal(recorder.log.data, wanted);
    recorder_clear(&recorder);
}

static void a_bomb_is_not_decoded(void **state)
{
    (void)state;
    check_log(BYTES(PNG_HEAD "\0\0\xff\xff\0\0\xff\xff\x08\2\0\0\0"),
              "type png\n"
              "fact image.size = 65535x65535\n"
              "note @4294967296 the image is too large in pixels: not decoded\n");
}

static void an_image_without_a_size_is_noted(void **state)
{
    (void)state;
    check_log(BYTES(PNG_HEAD "\0\0\0\0\0\0\0\x10\x08\2\0\0\0"),
              "type png\n"
              "note @4294967296 damaged image: its size is not known, it is not read\n");
    check_log(BYTES("\xff\xd8\xff\xe0\0\x04xx\xff\xd9"),
              "type jpeg\n"
              "note @4294967296 damaged image: its size is not known, it is not read\n");
    check_log(BYTES("II*\0\0\0\0\0"), "type tiff\nnote @0 damaged image: not read\n");
}

static void an_icon_is_no_scan(void **state)
{
    (void)state;
    check_log(BYTES(PNG_HEAD "\0\0\0\x10\0\0\0\x10\x08\2\0\0\0"),
              "type png\n"
              "fact image.size = 16x16\n"
              "note @4294967296 the image is too small to hold text\n");
}

static void a_reader_without_ocr_counts_pictures(void **state)
{
    (void)state;
    check_log(BYTES(PNG_HEAD "\0\0\x04\0\0\0\x03\0\x08\2\0\0\0"),
              "type png\nfact image.size = 1024x768\nfact ocr.pages = 1\n");
}

static void damaged_images_end_in_notes(void **state)
{
    (void)state;
    torture(BYTES(animation), "x.gif", 100, 100);
    torture(BYTES("II*\0\x08\0\0\0\x02\0"
                  "\0\x01\x03\0\x01\0\0\0\0\x04\0\0"
                  "\x01\x01\x04\0\x01\0\0\0\0\x03\0\0"
                  "\x26\0\0\0\0\0\0\0\0\0"),
            "x.tiff", 100, 100);
    torture(BYTES("\xff\xd8\xff\xe0\0\x04xx\xff\xff\xc2\0\x11\x08\x03\0\x04\0\x04"), "x.jpg", 30,
            30);
    torture(BYTES("RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\x03\xff\xff\x02\0\0\0\0\0"), "x.webp", 40,
            40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_tells_its_size),
        cmocka_unit_test(a_ring_of_directories_ends),
        cmocka_unit_test(of_an_animation_the_first_frame_counts),
        cmocka_unit_test(a_bomb_is_not_decoded),
        cmocka_unit_test(an_image_without_a_size_is_noted),
        cmocka_unit_test(an_icon_is_no_scan),
        cmocka_unit_test(a_reader_without_ocr_counts_pictures),
        cmocka_unit_test(damaged_images_end_in_notes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
