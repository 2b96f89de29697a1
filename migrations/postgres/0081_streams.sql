-- Reactions and e-mails of any aggregate: which kind it is. Its id lies in the column application_id, as
-- ever, so that a version which knows applications alone goes on while this one is rolled out.
ALTER TABLE reactions ADD COLUMN aggregate_type TEXT COLLATE "C" NOT NULL DEFAULT 'JobApplication';
ALTER TABLE sent_emails ADD COLUMN aggregate_type TEXT COLLATE "C" NOT NULL DEFAULT 'JobApplication';

-- A record of the topic that is no event is about nothing.
UPDATE reactions SET aggregate_type = '' WHERE application_id = '';
