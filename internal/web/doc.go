// Package web takes requests and the data of pages and makes HTML: gorilla/mux routes, handlers, templates and static files. Every
// page works without script, every route asks the one policy function, and whatever else it needs comes through small interfaces.
//
// What is no HTTP request at all never gets here: net/http answers it by itself, in plain text and without the headers of a page
// (400 for a broken request line or a missing host, 431 for headers that are too large).
package web
