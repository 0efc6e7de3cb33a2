package notify_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/i18n"
	"github.com/unionboard/unionboard/internal/notify"
)

func noticeOf(occasion assess.Code, unit assess.UnitCode, late bool, count int) assess.Notice {
	return assess.Notice{Occasion: occasion, Unit: unit, Period: q1, Due: at("10 17:00"), Late: late, Count: count}
}

func TestLetters(t *testing.T) {
	for _, c := range []struct {
		name, lang    string
		message       assess.Message
		subject, text string
	}{
		{
			"one thing", i18n.Chinese,
			assess.Message{Account: "a", Notices: []assess.Notice{noticeOf(notify.OnEve, "210102", false, 0)}},
			"【沈阳市总工会】2026年第一季度报表即将截止",
			"· 和平区2026年第一季度报表尚未报送，4月10日17:00截止。\n\nhttps://board.example.org/tasks\n\n-- \n" +
				"本邮件由系统自动发出，不含任何数据；不想再收邮件，请登录后在“提醒设置”中关闭。\n",
		},
		{
			"one thing in English", i18n.English,
			assess.Message{Account: "a", Notices: []assess.Notice{noticeOf(notify.OnReturn, "210102", false, 2)}},
			"[Shenyang Municipal Federation of Trade Unions] Q1 2026: figures were returned",
			"· Heping District: 2 figures of Q1 2026 were returned; correct them for the stated reasons and hand in again by 17:00 on 10 April.\n\n" +
				"https://board.example.org/tasks\n\n-- \n" +
				"This mail was sent by the system and holds no figures. To get no more of them, sign in and turn them off under “Reminders”.\n",
		},
		{
			"a group hears of its units together", i18n.Chinese,
			assess.Message{Group: "g", Notices: []assess.Notice{
				noticeOf(notify.OnChase, "210102", true, 0), noticeOf(notify.OnChase, "210103", true, 0), noticeOf(notify.OnChase, "210104", true, 2),
			}},
			"【沈阳市总工会】有2件事待办",
			"· 和平区、沈河区2026年第一季度报表已超过截止时间（4月10日17:00）仍未报送，请立即签批报送。\n" +
				"· 大东区2026年第一季度报表有2项被退回的数据尚未重报（4月10日17:00截止），请尽快办理。\n\nhttps://board.example.org/calendar?q=2026Q1\n",
		},
		{
			"what is said once is not said twice", i18n.Chinese,
			assess.Message{Account: "a", Notices: []assess.Notice{noticeOf(notify.OnSubmission, "210102", false, 5), noticeOf(notify.OnReviewEve, "210102", false, 5)}},
			"【沈阳市总工会】2026年第一季度报表审核即将到期",
			"· 和平区2026年第一季度报表还有5项数据未审核，4月10日17:00前完成。\n\nhttps://board.example.org/tasks\n\n-- \n" +
				"本邮件由系统自动发出，不含任何数据；不想再收邮件，请登录后在“提醒设置”中关闭。\n",
		},
	} {
		l := pen().Write(words(t).In(c.lang), c.message)
		if diff := cmp.Diff(c.subject+"\n"+c.text, l.Subject+"\n"+l.Text()); diff != "" {
			t.Errorf("%s (-want +written):\n%s", c.name, diff)
		}
	}
}

// Every occasion has its words in both languages, with nothing left to fill in.
func TestEveryOccasionHasWords(t *testing.T) {
	for _, occasion := range []assess.Code{
		notify.OnDraft, notify.OnEve, notify.OnChairEve, notify.OnOverdue, notify.OnReturn, notify.OnSubmission, notify.OnReviewEve, notify.OnChase,
	} {
		for _, lang := range []string{i18n.Chinese, i18n.English} {
			for _, n := range []assess.Notice{noticeOf(occasion, "210102", false, 0), noticeOf(occasion, "210102", true, 0), noticeOf(occasion, "210102", false, 3)} {
				l := pen().Write(words(t).In(lang), assess.Message{Account: "a", Notices: []assess.Notice{n}})
				if all := l.Subject + l.Text(); strings.Contains(all, "notify.") || strings.ContainsAny(all, "{}") {
					t.Errorf("%s in %s: %s", occasion, lang, all)
				}
			}
		}
	}
}
