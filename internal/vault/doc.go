// Package vault takes texts that must not stand in the database as they are, and makes sealed ones of them (AES-256-GCM), under keys that
// lie in a file outside of it. A sealed text names its key, so that keys can be changed while older texts still open.
package vault
