calendar-summary = Interview at { $employer }: { $job }
calendar-with = Interview with { $recruiter }
calendar-file-name = interview.ics
calendar-called-off = This interview will not take place.
calendar-cancelled-file-name = interview-cancelled.ics
calendar-feed-name = Postulo: tasks and interviews
