import { Component, type ErrorInfo, type ReactElement, type ReactNode } from "react";
import { ApiProblem } from "../api/problem.ts";
import { useTexts } from "../i18n/index.ts";
import { Button } from "./Button.tsx";

export function Skeleton({ width = "100%", height = 14 }: { width?: string | number; height?: number }): ReactElement {
  return <span className="skeleton" style={{ width, height }} aria-hidden />;
}

/** A place where things would be. */
export function Blank({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }): ReactElement {
  return (
    <div className="blank">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Loading(): ReactElement {
  const t = useTexts();
  return (
    <div className="blank" role="status">
      <span className="quiet">{t.state.loading}</span>
    </div>
  );
}

/** What went wrong, in a sentence, and what can be done about it. */
export function Trouble({ failure, retry }: { failure: unknown; retry?: () => void }): ReactElement {
  const t = useTexts();
  const problem = failure instanceof ApiProblem ? failure : undefined;
  if (problem?.status === 404) return <Blank title={t.state.missing}>{t.state.missingHint}</Blank>;
  if (problem?.status === 403) return <Blank title={t.state.forbidden}>{t.state.forbiddenHint}</Blank>;
  const [title, sentence] = problem?.isOffline
    ? [t.state.noConnection, t.state.offline]
    : problem?.status === 429
      ? [t.state.tooMany, t.state.tooManyHint]
      : problem && problem.status >= 500
        ? [t.state.fault, t.state.faultHint]
        : [t.state.failed, problem?.problem.detail];
  return (
    <div role="alert">
      <Blank title={title} action={retry && <Button onPress={retry}>{t.state.retry}</Button>}>
        {sentence}
        {problem?.problem.request_id && problem.status >= 500 && (
          <>
            <br />
            <span className="small quiet">
              {t.state.request} <span className="mono">{problem.problem.request_id}</span>
            </span>
          </>
        )}
      </Blank>
    </div>
  );
}

/** One part that breaks does not take the page with it. */
export class Boundary extends Component<{ children: ReactNode; resetKey?: string }, { failure: unknown }> {
  override state = { failure: undefined as unknown };

  static getDerivedStateFromError(failure: unknown) {
    return { failure };
  }

  override componentDidCatch(failure: unknown, info: ErrorInfo) {
    console.error(failure, info.componentStack);
  }

  override componentDidUpdate(before: { resetKey?: string }) {
    if (before.resetKey !== this.props.resetKey && this.state.failure !== undefined) this.setState({ failure: undefined });
  }

  override render() {
    if (this.state.failure === undefined) return this.props.children;
    return <Broken failure={this.state.failure} retry={() => this.setState({ failure: undefined })} />;
  }
}

function Broken({ failure, retry }: { failure: unknown; retry: () => void }): ReactElement {
  const t = useTexts();
  if (failure instanceof ApiProblem) return <Trouble failure={failure} retry={retry} />;
  return (
    <div role="alert">
      <Blank title={t.state.broken} action={<Button onPress={retry}>{t.state.retry}</Button>} />
    </div>
  );
}
