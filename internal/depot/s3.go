package depot

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Options is where an S3-compatible store is, and who we are there.
type Options struct {
	Endpoint string // https://s3.example.org:9000
	Bucket   string
	Prefix   string // what all names begin with, "" or ending with a slash
	Region   string
	// Access and Secret answer the keys; they are asked at the start and when the store refuses those it was given.
	Access, Secret func() (string, error)
	TLS            *tls.Config // of https
	// Spool is a folder of this machine where files lie on their way.
	Spool string
}

// S3 is a depot in an S3-compatible store.
type S3 struct {
	client         *minio.Client
	bucket, prefix string
	place          string // names the store in messages
	root           *os.Root
}

// The patience with a store: how long it may take to be reached and to begin an answer, how often what failed is tried, and how slow the line
// may be, in bytes a second.
const (
	connectTime  = 5 * time.Second
	answerTime   = 20 * time.Second
	triesAtMost  = 3
	leastPerTime = 64 << 10
)

// OpenS3 makes the spool and the way to the store, which is not asked yet.
func OpenS3(o Options) (*S3, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("endpoint of files: %w", err)
	}
	access, err := o.Access()
	if err != nil {
		return nil, err
	}
	secret, err := o.Secret()
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: connectTime, KeepAlive: 15 * time.Second}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(access, secret, ""), Secure: u.Scheme == "https", Region: o.Region, MaxRetries: triesAtMost,
		Transport: &http.Transport{ // without the proxy of the environment
			DialContext: dialer.DialContext, TLSClientConfig: o.TLS, TLSHandshakeTimeout: connectTime, ResponseHeaderTimeout: answerTime,
			MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, DisableCompression: true,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("way to the store of files: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(o.Spool, incoming), 0o700); err != nil {
		return nil, fmt.Errorf("folder of files: %w", err)
	}
	root, err := os.OpenRoot(o.Spool)
	if err != nil {
		return nil, fmt.Errorf("folder of files: %w", err)
	}
	place := u.Scheme + "://" + u.Host + "/" + o.Bucket
	return &S3{client, o.Bucket, o.Prefix, place, root}, nil
}

// Close lets the spool go.
func (s *S3) Close() error { return s.root.Close() }

// Shared implements Depot: the spool is this machine's alone.
func (s *S3) Shared() bool { return false }

// Draft makes a file in the spool.
func (s *S3) Draft() (*Draft, error) { return draftIn(s.root, incoming) }

// within bounds how long some bytes may take.
func within(ctx context.Context, size int64) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, connectTime+2*answerTime+time.Duration(size/leastPerTime)*time.Second)
}

// Keep sends a draft in one request, which a store takes whole or not at all, and reads it back: what counts is what it would hand out.
func (s *S3) Keep(ctx context.Context, d *Draft, name string) error {
	size, sum, err := sumOf(d.File)
	if err != nil {
		return err
	}
	ctx, end := within(ctx, 2*size)
	defer end()
	_, err = s.client.PutObject(ctx, s.bucket, s.prefix+name, io.NewSectionReader(d.File, 0, size), size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
	})
	if err != nil {
		return s.explain(err)
	}
	back, err := s.client.GetObject(ctx, s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return s.explain(err)
	}
	is := sha256.New()
	n, err := io.Copy(is, io.LimitReader(back, size+1))
	err = s.explain(errors.Join(err, back.Close()))
	if errors.Is(err, fs.ErrNotExist) {
		return s.changed()
	}
	if err != nil {
		return err
	}
	if n != size || [sha256.Size]byte(is.Sum(nil)) != sum {
		return s.changed()
	}
	d.Drop()
	return nil
}

func sumOf(f *os.File) (size int64, sum [sha256.Size]byte, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, sum, err
	}
	h := sha256.New()
	if size, err = io.Copy(h, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return 0, sum, err
	}
	return size, [sha256.Size]byte(h.Sum(nil)), nil
}

// Open fetches a file into one that has no name, so that it is gone when it is closed.
func (s *S3) Open(ctx context.Context, name string) (*os.File, error) {
	asked, end := within(ctx, 0)
	info, err := s.client.StatObject(asked, s.bucket, s.prefix+name, minio.StatObjectOptions{})
	end()
	if err != nil {
		return nil, s.explain(err)
	}
	d, err := s.Draft()
	if err != nil {
		return nil, err
	}
	if err := s.root.Remove(d.name); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	asked, end = within(ctx, info.Size)
	defer end()
	from, err := s.client.GetObject(asked, s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, errors.Join(s.explain(err), d.Close())
	}
	defer from.Close()
	disk := &writing{to: d.File}
	if _, err := io.Copy(disk, from); err != nil {
		if disk.err == nil {
			err = s.explain(err)
		}
		return nil, errors.Join(err, d.Close())
	}
	if _, err := d.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d.File, nil
}

// writing remembers the fault of the disk, which is not the store's.
type writing struct {
	to  io.Writer
	err error
}

// Write writes on.
func (w *writing) Write(p []byte) (n int, err error) {
	n, w.err = w.to.Write(p)
	return n, w.err
}

// Remove takes a file away.
func (s *S3) Remove(ctx context.Context, name string) error {
	ctx, end := within(ctx, 0)
	defer end()
	err := s.explain(s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{}))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Walk shows the files, as many thousands as there are, page by page.
func (s *S3) Walk(ctx context.Context, folder string, visit func(Entry) error) error {
	if folder != "" {
		folder += "/"
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + folder, Recursive: true}) {
		if o.Err != nil {
			return s.explain(o.Err)
		}
		name := strings.TrimPrefix(o.Key, s.prefix)
		if strings.HasSuffix(name, "/") || path.Clean(name) != name {
			continue // not one of ours
		}
		if err := visit(Entry{name, o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Forget takes away what was left in the spool.
func (s *S3) Forget(before time.Time) (int, error) { return forget(s.root, incoming, before) }

// Probe keeps a file, reads it, looks for it and takes it away.
func (s *S3) Probe(ctx context.Context) error { return probe(ctx, s) }
