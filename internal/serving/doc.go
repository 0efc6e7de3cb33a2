// Package serving takes an address, certificates, trusted proxies and limits and makes a server that holds to them: who asks too slowly, too
// much or by an old protocol is let go, and what others say of a request is believed only of those who may say it.
package serving
