package config

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/unionboard/unionboard/internal/assess"
)

// Files is where uploaded files, refused pieces and files that were ordered lie. The zero value is the data folder.
type Files struct {
	// Folder is one that all servers of the installation share; "": none.
	Folder string
	S3     *S3
}

// Apart says whether files lie elsewhere than in the data folder.
func (f Files) Apart() bool { return f.Folder != "" || f.S3 != nil }

// S3 is an S3-compatible store that all servers of the installation share.
type S3 struct {
	Endpoint string // https://s3.example.org:9000
	Bucket   string
	Prefix   string // what all names begin with
	Region   string
	// The two keys stand in a file or in the environment.
	AccessKeyFile, AccessKeyEnv, SecretKeyFile, SecretKeyEnv string
	CAFile                                                   string // certificates that are believed beside those of the machine
	// PlainHTTP lets files go over the network as they are.
	PlainHTTP bool
}

func (r *reader) files(f *Files) setter {
	return func(n ast.Node, path string) {
		r.object(n, path, map[string]setter{
			"folder": r.text(&f.Folder),
			"s3": func(n ast.Node, path string) {
				s := f.S3
				if s == nil {
					s = &S3{Region: "us-east-1"}
				}
				if r.list == nil {
					f.S3 = s
				}
				r.object(n, path, map[string]setter{
					"endpoint": r.text(&s.Endpoint), "bucket": r.text(&s.Bucket), "prefix": r.text(&s.Prefix), "region": r.text(&s.Region),
					"access_key_file": r.text(&s.AccessKeyFile), "access_key_env": r.text(&s.AccessKeyEnv),
					"secret_key_file": r.text(&s.SecretKeyFile), "secret_key_env": r.text(&s.SecretKeyEnv),
					"ca_file": r.text(&s.CAFile), "plain_http": r.truth(&s.PlainHTTP),
				})
			},
		})
	}
}

var (
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixForm = regexp.MustCompile(`^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*/?$`)
)

func (c Config) checkFiles() (problems assess.Problems) {
	add := func(key string, p *assess.Problem) {
		if p != nil {
			problems = append(problems, p.At(c.At("files."+key)))
		}
	}
	s := c.Files.S3
	if s == nil {
		return nil
	}
	if c.Files.Folder != "" {
		add("folder", invalid("problem.config_files_two", "files lie in a folder or in an S3-compatible store; keep files.folder or files.s3"))
	}
	u, err := url.Parse(s.Endpoint)
	switch {
	case s.Endpoint == "":
		add("s3", lacks("files.s3", "endpoint"))
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "":
		add("s3.endpoint", invalid("problem.config_s3_endpoint", "the address of the store cannot be read; write it as https://s3.example.org:9000, without a path and without keys"))
	case u.Scheme == "http" && !s.PlainHTTP && !loopback(withPort(u.Host, "80")):
		add("s3.endpoint", invalid("problem.config_s3_plain", "over http everybody on the way reads evidence and changes it; write https, or plain_http: true where the network between is protected"))
	}
	switch {
	case s.Bucket == "":
		add("s3", lacks("files.s3", "bucket"))
	case !bucketForm.MatchString(s.Bucket):
		add("s3.bucket", invalid("problem.config_s3_bucket", "a bucket is called by 3 to 63 small letters, digits, dots and hyphens", "value", s.Bucket))
	}
	if s.Prefix != "" && !prefixForm.MatchString(s.Prefix) {
		add("s3.prefix", invalid("problem.config_s3_prefix", "the prefix is letters, digits, dots, _ and -, in parts with / between, without / at its beginning", "value", s.Prefix))
	}
	for _, key := range []struct{ name, file, env string }{{"access_key", s.AccessKeyFile, s.AccessKeyEnv}, {"secret_key", s.SecretKeyFile, s.SecretKeyEnv}} {
		if key.file+key.env == "" {
			add("s3", lacks("files.s3", key.name+"_file"))
		}
		add("s3."+key.name+"_env", secretOf(key.name, key.file, key.env))
	}
	return problems
}

// withPort adds a port to a host that has none.
func withPort(host, port string) string {
	if strings.LastIndex(host, ":") > strings.LastIndex(host, "]") {
		return host
	}
	return host + ":" + port
}
