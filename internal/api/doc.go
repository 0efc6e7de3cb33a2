// Package api takes what programs ask for, with what they may see, and makes the answers, page by page, as JSON or CSV; and the
// description of all that, in OpenAPI, for programs and for people. It knows nothing of tokens, connections and headers: package web
// says who asks and sends what is answered.
package api
