-- Answers are counted by the day on which they were given, and e-mails that did not arrive are listed.
CREATE INDEX answers_answered_at ON answers (answered_at);
CREATE INDEX answers_rebuild_answered_at ON answers_rebuild (answered_at);
CREATE INDEX emails_undelivered ON emails (position, id)
WHERE status = 'failed' OR outcome IN ('withheld', 'bounced', 'blocked', 'spam');
CREATE INDEX emails_rebuild_undelivered ON emails_rebuild (position, id)
WHERE status = 'failed' OR outcome IN ('withheld', 'bounced', 'blocked', 'spam');
