package depot

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"

	"github.com/minio/minio-go/v7"

	"github.com/unionboard/unionboard/internal/assess"
)

// explain words what a store has answered, or why it has not.
func (s *S3) explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	said, _ := errors.AsType[minio.ErrorResponse](err)
	switch {
	case said.Code == "NoSuchKey", said.StatusCode == http.StatusNotFound && said.Code != "NoSuchBucket":
		return fmt.Errorf("%s: %w", said.Key, fs.ErrNotExist)
	case said.Code == "NoSuchBucket":
		return assess.Unavailable("problem.depot_bucket", fmt.Sprintf("there is no bucket at %s; have it made, or correct files.s3.bucket in the configuration", s.place), "place", s.place).Because(err)
	case said.StatusCode == http.StatusForbidden, said.StatusCode == http.StatusUnauthorized:
		return assess.Unavailable("problem.depot_denied",
			fmt.Sprintf("the store of files at %s refuses the keys of the configuration; correct them, or have them given the right to read, write, list and delete there", s.place), "place", s.place).Because(err)
	case said.StatusCode == http.StatusInsufficientStorage, said.Code == "XMinioStorageFull", said.Code == "QuotaExceeded", said.Code == "XMinioAdminBucketQuotaExceeded":
		return assess.Unavailable("problem.depot_full", fmt.Sprintf("the store of files at %s is full, so the file was not kept; have room made there", s.place), "place", s.place).Because(err)
	case said.Code == "BadDigest":
		return s.changed()
	}
	return assess.Unavailable("problem.depot_away",
		fmt.Sprintf("the store of files at %s cannot be reached or does not answer as it should; figures can still be filled in: try again in a few minutes, and tell the administrator", s.place),
		"place", s.place).Because(err)
}

// changed says that what came back is not what was sent.
func (s *S3) changed() error {
	return assess.Unavailable("problem.depot_changed",
		fmt.Sprintf("the store of files at %s does not hand out what it was given, so the file was not kept; tell the administrator", s.place), "place", s.place)
}

// unfit says why a folder cannot hold files.
func unfit(dir string, err error) error {
	return assess.Unavailable("problem.depot_folder",
		fmt.Sprintf("files cannot be kept in the folder %s; see that it is there, mounted, and that the account of the program may write into it", dir), "folder", dir).Because(err)
}

// probeName is the folder of files that are kept to see whether that works.
const probeName = "probe"

func probe(ctx context.Context, d Depot) error {
	name, text := path.Join(probeName, rand.Text()), []byte(rand.Text())
	err := Write(ctx, d, name, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return err
	}
	f, err := d.Open(ctx, name)
	if err != nil {
		return errors.Join(err, d.Remove(ctx, name))
	}
	got, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err == nil && !bytes.Equal(got, text) {
		err = fmt.Errorf("what was kept reads %d bytes of other content", len(got))
	}
	seen := false
	if err == nil {
		err = d.Walk(ctx, probeName, func(e Entry) error { seen = seen || e.Name == name; return nil })
	}
	if err == nil && !seen {
		err = errors.New("what was kept is not listed")
	}
	return errors.Join(err, d.Remove(ctx, name))
}
