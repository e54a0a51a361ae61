import { defineHandlers, parsePayloadAs } from 'hookline/handlers';
import * as v from 'valibot';

const Repository = v.object({ full_name: v.string() });

const Push = v.object({
  ref: v.string(),
  after: v.string(),
  deleted: v.boolean(),
  repository: v.object({ ...Repository.entries, default_branch: v.string() }),
});

const PullRequest = v.object({
  action: v.string(),
  number: v.number(),
  pull_request: v.object({ merged: v.nullish(v.boolean()), title: v.string() }),
  repository: Repository,
});

const Issue = v.object({
  action: v.string(),
  issue: v.object({ number: v.number(), title: v.string() }),
  repository: Repository,
});

/** Handles GitHub's events: a deployment for each push to the default branch, a release note for each merge. */
export const github = defineHandlers('github', {
  push: async (event, { log }) => {
    const push = parsePayloadAs(Push, event);
    const isDefaultBranch = push.ref === `refs/heads/${push.repository.default_branch}`;
    if (!isDefaultBranch || push.deleted) return;
    // Deploying the same commit twice is harmless: the commit is the key.
    log.info('deployment.requested', { repository: push.repository.full_name, commit: push.after });
  },

  pull_request: async (event, { log }) => {
    const { action, number, pull_request, repository } = parsePayloadAs(PullRequest, event);
    if (action !== 'closed' || !pull_request.merged) return;
    log.info('release-note.added', {
      repository: repository.full_name,
      pullRequest: number,
      title: pull_request.title,
    });
  },

  issues: async (event, { log }) => {
    const { action, issue, repository } = parsePayloadAs(Issue, event);
    if (action !== 'opened') return;
    log.info('triage.requested', {
      repository: repository.full_name,
      issue: issue.number,
      title: issue.title,
    });
  },
});
