// What semantic-release makes of our commits (CONTRIBUTING.md, "Commits"). The subject is
// "area: what", with a mark behind the area where a version must tell: "+" for something new that
// somebody can use, "!" for something that no longer works as it did.

// One area or several, a mark, what it now does.
const subject = /^([a-z][a-z0-9 -]*(?:, [a-z0-9 -]+)*)([+!]?): (.*)$/;

const parserOpts = {
  headerPattern: subject,
  headerCorrespondence: ["area", "mark", "what"],
  noteKeywords: ["BREAKING CHANGE"],
};

// Nobody who runs PackyTrace gets anything else by these.
const insideOnly = "{bench,docs,end-to-end,tests,workflows}";

export const analysis = {
  parserOpts,
  releaseRules: [
    // First, because a rule that says false takes back what those before it said.
    { area: insideOnly, release: false },
    { area: `!${insideOnly}`, release: "patch" },
    { mark: "\\+", release: "minor" },
    { mark: "\\!", release: "major" },
    { breaking: true, release: "major" },
  ],
};

const notes = {
  parserOpts,
  writerOpts: {
    groupBy: "area",
    commitGroupsSort: "title",
    commitsSort: "what",
    headerPartial: "## {{version}} ({{date}})\n\n",
    commitPartial: "- {{what}} ({{hash}})\n",
    transform: (commit) => (commit.area ? { ...commit, hash: commit.hash?.slice(0, 9) } : undefined),
  },
};

export default {
  branches: ["main"],
  tagFormat: "v${version}",
  plugins: [
    ["@semantic-release/commit-analyzer", analysis],
    ["@semantic-release/release-notes-generator", notes],
    // Runs without publishing, too: the images are built under this version before the tag is made.
    ["@semantic-release/exec", { verifyReleaseCmd: 'echo "version=${nextRelease.version}" >> "$GITHUB_OUTPUT"' }],
    ["@semantic-release/github", { successComment: false, failComment: false, releasedLabels: false }],
  ],
};
