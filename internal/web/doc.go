// Package web takes requests and the data of pages and makes HTML: gorilla/mux routes, handlers, templates and static files. Every
// page works without script, every route asks the one policy function, and whatever else it needs comes through small interfaces.
package web
