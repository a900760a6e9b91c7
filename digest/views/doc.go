// Package views reads page views, as analytics programs export them, and finds the
// stories that they are of. It is pure: bytes in, numbers out.
//
// Two forms are read, told apart by their first character:
//
//   - CSV (RFC 4180; semicolons and tabs are taken too), whose first line names the
//     columns: one of url, link, page or path, or what Google Analytics and Matomo
//     call it, or id or guid, and one of views, pageviews, page views or count. Lines
//     that begin with # are comments, as Google Analytics writes them above its tables.
//   - JSON (RFC 8259): {"https://example.org/a": 1200}, or a list of objects with the
//     names above.
//
// A row that is wrong costs itself and a warning with its line; what is no table of
// views at all is an error. The same page in several rows (with and without tracking
// parameters, say) is one, its views added up.
package views
