#ifndef DASHBOARD_PAGE_H
#define DASHBOARD_PAGE_H

#include <stddef.h>

/// One file of the page, as it is in `page/`.
struct evenkeel_page_file {
    /// Its path below `page/`, such as `index.html`.
    const char *path;
    /// Its bytes; they live as long as the process.
    const unsigned char *bytes;
    size_t count;
};

/// All files of the page.
const struct evenkeel_page_file *evenkeel_page_files(size_t *count);

#endif
