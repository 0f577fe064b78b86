//! An alarm: something that an operator is told of.

/// Rings where a figure is above its threshold in one period.
pub(super) struct Alarm {
    pub(super) id: String,
    pub(super) says: String,
    /// Namespace, name, statistic.
    pub(super) metric: (&'static str, &'static str, &'static str),
    pub(super) dimension: String,
    pub(super) threshold: u32,
    pub(super) minutes: u32,
}

impl Alarm {
    /// Its resource.
    pub(super) fn yaml(&self) -> String {
        let Self { id, says, metric: (namespace, metric, statistic), dimension, threshold, minutes } = self;
        let seconds = minutes * 60;
        format!(
            "  {id}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub lambdesk-${{Stage}}-{id}
      AlarmDescription: {says:?}
      AlarmActions: [!Ref Alarms]
      OKActions: [!Ref Alarms]
      Namespace: {namespace}
      MetricName: {metric}
      Dimensions: [{dimension}]
      Statistic: {statistic}
      Period: {seconds}
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: {threshold}
      TreatMissingData: notBreaching"
        )
    }
}
