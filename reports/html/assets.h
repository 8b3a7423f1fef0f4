/* assets.h: the HTML page's style and script (page/page.css, page/page.js), put into the program when it is
 * built. */
#ifndef REPORTS_HTML_ASSETS_H
#define REPORTS_HTML_ASSETS_H

#include <stddef.h>

extern const char page_css[], page_js[];
extern const size_t page_css_length, page_js_length;

#endif
