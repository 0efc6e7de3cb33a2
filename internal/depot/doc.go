// Package depot takes whole files and makes them lie where every server of an installation finds them: in a folder, or in an S3-compatible store. Sole user
// of minio-go.
package depot
